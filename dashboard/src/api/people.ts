// Questions about people.

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from './client.ts';

export interface PersonLine {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly inside: readonly string[];
  readonly lastSeenAt: number;
}

export const usePeople = (q: string) =>
  useQuery({
    queryKey: ['people', q],
    queryFn: () => get<{ people: PersonLine[]; more: boolean }>('/api/people', { q }),
    placeholderData: (before) => before,
  });

export interface Judged {
  readonly text: string;
  readonly value: unknown;
  readonly read: Readonly<Record<string, unknown>>;
  readonly remarks?: readonly string[];
}

export interface TimelineLine {
  readonly id: string;
  readonly at: number;
  /** A kind of the journal, or `event`. */
  readonly kind: string;
  readonly journey: string | null;
  readonly step: string | null;
  readonly reason: string | null;
  readonly until: number | null;
  readonly message: {
    readonly id: string;
    readonly channel: string;
    readonly template: string;
    readonly status: string;
    readonly step: string;
    readonly consent: string | null;
  } | null;
  readonly event: { readonly name: string; readonly source: string; readonly data: unknown } | null;
  readonly note: string | null;
  readonly judged: readonly Judged[];
}

export interface PersonFull {
  readonly id: string;
  readonly name: string;
  readonly zone: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly pausedUntil: number | null;
  readonly identities: readonly (readonly [string, string])[];
  readonly traits: Readonly<Record<string, unknown>>;
  readonly consent: readonly {
    readonly channel: string;
    readonly category: string | null;
    readonly granted: boolean;
    readonly at: number;
    readonly source: string;
    readonly text: string | null;
    readonly version: string | null;
  }[];
  readonly suppressed: readonly string[];
  readonly orders: { readonly count: number; readonly total: number; readonly currency: string };
  readonly inside: readonly {
    readonly journey: string;
    readonly key: string | null;
    readonly step: string;
    readonly phase: string | null;
    readonly until: number | null;
    readonly enteredAt: number;
    readonly holdout: boolean;
    readonly fault: string | null;
  }[];
  readonly waiting: readonly { readonly journey: string; readonly due: number }[];
  readonly onTheirWay: readonly {
    readonly id: string;
    readonly channel: string;
    readonly template: string;
    readonly journey: string;
    readonly status: string;
    readonly until: number | null;
    readonly reason: string | null;
  }[];
}

const at = (id: string, what = '') => `/api/people/${encodeURIComponent(id)}${what}`;

export const usePerson = (id: string) =>
  useQuery({ queryKey: ['person', id], queryFn: () => get<PersonFull>(at(id)), refetchInterval: 3_000 });

export const useTimeline = (id: string) =>
  useInfiniteQuery({
    queryKey: ['timeline', id],
    queryFn: ({ pageParam }) =>
      get<{ lines: TimelineLine[]; next: string | null }>(at(id, '/timeline'), { before: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: 3_000,
  });

export function usePersonAction(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({
      what,
      ...body
    }: {
      what: 'start' | 'stop' | 'suppress' | 'erase';
      journey?: string;
      address?: string;
    }) => post(at(id, `/${what}`), body),
    onSuccess: () => client.invalidateQueries(),
  });
}
