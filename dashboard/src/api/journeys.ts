// Questions about journeys.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Counts, Picture } from '../canvas/picture.ts';
import type { HoldoutFigures } from '../pages/journey/holdout.tsx';
import type { Amounts } from '../parts/money.tsx';
import { get, post } from './client.ts';
import type { MessageLine } from './messages.ts';

export interface JourneyLine {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly paused: boolean;
  readonly archived: boolean;
  readonly inside: number;
  readonly entered: number;
  readonly messages: number;
  readonly converted: number;
  readonly revenue: Amounts;
}

export interface JourneyView {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly paused: boolean;
  readonly archived: boolean;
  readonly startable: boolean;
  readonly version: string;
  readonly versions: readonly {
    readonly hash: string;
    readonly number: number;
    readonly deployedAt: number;
    readonly author: string | null;
  }[];
  readonly picture: Picture | null;
  readonly counts: Counts;
  readonly totals: {
    readonly inside: number;
    readonly entered: number;
    readonly converted: number;
    readonly revenue: Amounts;
    readonly before: { readonly entered: number; readonly converted: number } | null;
  };
  readonly holdout: HoldoutFigures | null;
}

const at = (id: string, what = '') => `/api/journeys/${encodeURIComponent(id)}${what}`;

export const useJourneys = (days: number) =>
  useQuery({
    queryKey: ['journeys', days],
    queryFn: () => get<{ journeys: JourneyLine[] }>('/api/journeys', { days }).then((all) => all.journeys),
    placeholderData: (before) => before,
    refetchInterval: 5_000,
  });

export function useJourneyNames(): { value: string; label: string }[] {
  const { data } = useQuery({
    queryKey: ['journey-names'],
    queryFn: () => get<{ journeys: JourneyLine[] }>('/api/journeys'),
    staleTime: 60_000,
  });
  return (data?.journeys ?? []).map(({ id, title }) => ({ value: id, label: title || id }));
}

interface Told extends Omit<JourneyView, 'counts'> {
  readonly steps: Readonly<
    Record<string, { inside: number; passed: number; skipped: Record<string, number>; onward: number | null }>
  >;
  readonly flows: readonly { from: string; to: string; count: number }[];
}

export const useJourney = (id: string, days: number, version: string | null) =>
  useQuery({
    queryKey: ['journey', id, days, version],
    queryFn: async (): Promise<JourneyView> => {
      const { steps, flows, ...rest } = await get<Told>(at(id), { days, version });
      return {
        ...rest,
        counts: {
          steps: new Map(Object.entries(steps)),
          flows: new Map(flows.map((one) => [`${one.from} ${one.to}`, one.count])),
        },
      };
    },
    placeholderData: (before) => (before?.id === id ? before : undefined),
    refetchInterval: 1_000,
  });

export function useSetJourney(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (what: 'pause' | 'resume' | 'archive') => post(at(id, `/${what}`)),
    onSuccess: () => client.invalidateQueries(),
  });
}

export function useStart(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (profile: string) => post(at(id, '/start'), { profile }),
    onSuccess: () => client.invalidateQueries(),
  });
}

export const useStepPeople = (journey: string, step: string) =>
  useQuery({
    queryKey: ['step-people', journey, step],
    queryFn: () =>
      get<{ people: { person: string; name: string; since: number }[] }>(at(journey, '/people'), { step }).then(
        (all) => all.people,
      ),
    refetchInterval: 5_000,
  });

export const useStepMessages = (journey: string, step: string) =>
  useQuery({
    queryKey: ['step-messages', journey, step],
    queryFn: () => get<{ messages: MessageLine[] }>('/api/messages', { journey, step }).then((all) => all.messages),
    refetchInterval: 5_000,
  });
