// Questions about messages.

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from './client.ts';

export interface MessageLine {
  readonly id: string;
  readonly person: string;
  readonly name: string;
  readonly journey: string;
  readonly step: string;
  readonly template: string;
  readonly channel: string;
  readonly to: string | null;
  readonly at: number;
  readonly status: string;
  readonly reason: string | null;
}

export interface MessageFull extends MessageLine {
  readonly times: Readonly<Record<string, number>>;
  readonly consent: string | null;
  readonly content: { readonly subject: string; readonly text: string; readonly html: boolean } | null;
}

export type MessageFilter = Readonly<Record<'status' | 'reason' | 'journey' | 'channel' | 'person', string | null>>;

export const useMessages = (filter: MessageFilter) =>
  useInfiniteQuery({
    queryKey: ['messages', filter],
    queryFn: ({ pageParam }) =>
      get<{ messages: MessageLine[]; next: string | null }>('/api/messages', { ...filter, before: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: 10_000,
  });

export const useMessage = (id: string) =>
  useQuery({ queryKey: ['message', id], queryFn: () => get<MessageFull>(`/api/messages/${encodeURIComponent(id)}`) });

export function useResolve(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (as: 'sent' | 'resend') => post(`/api/messages/${encodeURIComponent(id)}/resolve`, { as }),
    onSuccess: () => client.invalidateQueries(),
  });
}
