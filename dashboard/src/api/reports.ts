// The reports' questions.

import { useQuery } from '@tanstack/react-query';
import type { Amounts } from '../parts/money.tsx';
import { get } from './client.ts';

interface Fare {
  readonly sent: number;
  readonly delivered: number;
  readonly opened: number;
  readonly clicked: number;
}

interface Earned {
  readonly orders: number;
  readonly revenue: Amounts;
}

export interface ChannelReport {
  readonly channels: readonly (Fare & Earned & { readonly channel: string })[];
  readonly unattributed: Earned;
  readonly all: Earned;
}

export interface HoursReport {
  readonly timezone: string;
  /** Monday is 1. Hours in which nothing left are missing. */
  readonly hours: readonly (Fare & { readonly weekday: number; readonly hour: number })[];
}

export interface FunnelReport {
  readonly stages: readonly { readonly stage: string; readonly count: number }[];
}

export interface RfmReport {
  /** Ends of the bands; one more follows. */
  readonly recency: readonly number[];
  readonly frequency: readonly number[];
  readonly currency: string;
  readonly cells: readonly {
    readonly recency: number;
    readonly frequency: number;
    readonly people: number;
    readonly orders_total: number;
  }[];
}

export interface RetentionReport {
  readonly cohorts: readonly {
    readonly month: string;
    readonly people: number;
    readonly returned: readonly number[];
  }[];
}

function useReport<Report>(name: string, days?: number) {
  return useQuery({
    queryKey: ['report', name, days],
    queryFn: () => get<Report>(`/api/reports/${name}`, { days }),
    placeholderData: (before) => before,
    refetchInterval: 30_000,
  });
}

export const useChannelReport = (days: number) => useReport<ChannelReport>('channels', days);
export const useHoursReport = (days: number) => useReport<HoursReport>('time-of-day', days);
export const useFunnel = (days: number) => useReport<FunnelReport>('funnel', days);
export const useRfm = () => useReport<RfmReport>('rfm');
export const useRetention = () => useReport<RetentionReport>('retention');
