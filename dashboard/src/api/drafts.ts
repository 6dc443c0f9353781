// The editor's questions.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Picture, PictureNode } from '../canvas/picture.ts';
import { get, post } from './client.ts';

export type Files = Readonly<Record<string, string>>;

export interface Source {
  readonly files: Files;
  readonly version: string;
  readonly number: number;
  readonly author: string | null;
  readonly deployedAt: number;
}

export interface StepChange {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly step: PictureNode;
  readonly was: PictureNode | null;
  readonly after: number | null;
}

export interface Look {
  readonly faults: readonly {
    code: string;
    message: string;
    severity: 'error' | 'warning';
    file: string;
    line: number;
    column: number;
  }[];
  readonly picture: Picture | null;
  readonly changes: { readonly steps: readonly StepChange[]; readonly settings: readonly string[] } | null;
  readonly templates: readonly string[];
  /** People inside the live version. */
  readonly inside: number;
}

export interface SpecOutcome {
  readonly name: string;
  readonly ok: boolean;
  readonly line: number;
  readonly differences: readonly { about: string; expected: string; actual: string; why: readonly string[] }[];
}

export interface Played {
  readonly people: number;
  readonly entered: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly converted: number;
  readonly steps: readonly {
    step: string;
    entered: number;
    sent: number;
    waiting: number;
    skipped: Readonly<Record<string, number>>;
  }[];
}

const at = (id: string, what = '') => `/api/journeys/${encodeURIComponent(id)}/draft${what}`;

export const useSource = (id: string) =>
  useQuery({ queryKey: ['draft', id], queryFn: () => get<Source>(at(id)), staleTime: Number.POSITIVE_INFINITY });

export const useLook = (id: string, files: Files | null) =>
  useQuery({
    queryKey: ['look', id, files],
    queryFn: () => post<Look>(at(id, '/check'), { files }),
    enabled: files !== null,
    placeholderData: (before) => before,
  });

export const useSpecs = (id: string, files: Files | null) =>
  useQuery({
    queryKey: ['specs', id, files],
    queryFn: () => post<{ cases: SpecOutcome[] }>(at(id, '/specs'), { files }),
    enabled: files !== null,
    placeholderData: (before) => before,
  });

export const useSimulation = (id: string) =>
  useMutation({ mutationFn: (files: Files) => post<Played>(at(id, '/simulate'), { files }) });

export function usePublish(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: { files: Files; parent: string; force: boolean }) =>
      post<{ version: string; number: number; changed: boolean }>(at(id, '/publish'), request),
    onSuccess: () => void client.invalidateQueries(),
  });
}
