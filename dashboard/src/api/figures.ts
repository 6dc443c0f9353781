// What each figure means, one hover away: the server's own definitions, which are docs/figures.md too.

import { useQuery } from '@tanstack/react-query';
import { languageNow } from '../i18n/index.ts';
import { get } from './client.ts';

type Table = Readonly<Record<string, { readonly title: string; readonly means: string }>>;

/** Answers a figure's definition by its name, or null where there is none, or none yet. */
export function useDefinitions(): (name: string) => string | null {
  const { data } = useQuery({
    queryKey: ['definitions'],
    queryFn: () => get<{ en: Table; ru: Table }>('/api/figures'),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (name) => data?.[languageNow()][name]?.means ?? null;
}
