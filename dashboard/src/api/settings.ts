// Questions about settings.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from './client.ts';

export interface SettingsTold {
  readonly brand: { readonly name: string; readonly url: string };
  readonly timezone: string;
  readonly locale: string;
  readonly currency: string;
  readonly consent: Readonly<Record<string, 'opt_in' | 'opt_out'>>;
  readonly categories: readonly { readonly id: string; readonly title: string; readonly transactional: boolean }[];
  readonly quietHours: {
    readonly from: string;
    readonly to: string;
    readonly then: string;
    readonly channels: readonly string[];
  } | null;
  readonly caps: readonly { readonly channel: string | null; readonly max: number; readonly per: string }[];
  readonly senders: readonly {
    readonly name: string;
    readonly channel: string;
    readonly provider: string;
    readonly paused: { readonly since: number; readonly why: string } | null;
    readonly downUntil: number | null;
  }[];
  readonly sources: readonly { readonly name: string; readonly type: string; readonly url: string }[];
  readonly segments: readonly { readonly name: string; readonly text: string }[];
}

export interface RefusedBody {
  readonly at: number;
  readonly source: string;
  readonly code: string;
  readonly detail: string;
  readonly body: string;
}

export const useSettings = () =>
  useQuery({ queryKey: ['settings'], queryFn: () => get<SettingsTold>('/api/settings'), refetchInterval: 5_000 });

export const useRefused = () =>
  useQuery({
    queryKey: ['refused'],
    queryFn: () => get<{ refused: RefusedBody[] }>('/api/settings/refused').then((all) => all.refused),
    refetchInterval: 5_000,
  });

export function useSetSender() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, how }: { name: string; how: 'pause' | 'resume' }) =>
      post(`/api/settings/senders/${encodeURIComponent(name)}`, { how }),
    onSuccess: () => client.invalidateQueries(),
  });
}
