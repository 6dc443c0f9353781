// The guided visit's questions.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from './client.ts';

export const useDemonstration = () =>
  useQuery({ queryKey: ['guide'], queryFn: () => get<{ journey: string | null }>('/api/guide'), staleTime: 60_000 });

export function useSendCart() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => post<{ person: string }>('/api/guide'),
    onSuccess: () => client.invalidateQueries(),
  });
}

export interface Followed {
  /** Where the person stands; null before the entry and after the end. */
  readonly step: string | null;
  readonly until: number | null;
  readonly outcome: string | null;
  readonly messages: readonly { readonly id: string; readonly status: string }[];
}

export const useFollowed = (journey: string, person: string | null) =>
  useQuery({
    queryKey: ['follow', journey, person],
    queryFn: () => get<Followed>('/api/guide/follow', { journey, person }),
    enabled: person !== null,
    refetchInterval: 1_000,
  });
