// Questions about segments.

import { useQuery } from '@tanstack/react-query';
import { get } from './client.ts';

export interface SegmentShares {
  readonly sample: number;
  readonly people: number;
  readonly segments: readonly {
    readonly name: string;
    readonly text: string;
    readonly members: number;
    readonly share: number;
    readonly error: number;
  }[];
}

export const useSegments = () =>
  useQuery({ queryKey: ['segments'], queryFn: () => get<SegmentShares>('/api/segments') });

export const useSegmentsOf = (q: string) =>
  useQuery({
    queryKey: ['segments-of', q],
    queryFn: () => get<{ person: string; name: string; segments: string[] }>('/api/segments/of', { q }),
    enabled: q !== '',
    retry: false,
  });
