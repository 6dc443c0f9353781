// The overview's question.

import { useQuery } from '@tanstack/react-query';
import type { Amounts } from '../parts/money.tsx';
import { get } from './client.ts';

export interface Totals {
  readonly sent: number;
  readonly delivered: number;
  readonly opened: number;
  readonly clicked: number;
  readonly converted: number;
  readonly revenue: Amounts;
}

export interface AttentionItem {
  readonly kind: string;
  readonly count: number;
  readonly about: string;
}

export interface RankedJourney {
  readonly id: string;
  readonly title: string;
  readonly entered: number;
  readonly messages: number;
  readonly converted: number;
  readonly revenue: Amounts;
}

export interface OverviewFigures {
  readonly totals: Totals;
  readonly before: Totals | null;
  readonly days: readonly {
    readonly at: number;
    readonly sent: Readonly<Record<string, number>>;
    readonly revenue: Amounts;
  }[];
  readonly channels: readonly {
    readonly channel: string;
    readonly sent: number;
    readonly delivered: number;
    readonly opened: number;
    readonly clicked: number;
  }[];
  readonly journeys: readonly RankedJourney[];
  readonly attention: readonly AttentionItem[];
}

export const useOverview = (days: number) =>
  useQuery({
    queryKey: ['overview', days],
    queryFn: () => get<OverviewFigures>('/api/overview', { days }),
    placeholderData: (before) => before,
    refetchInterval: 5_000,
  });
