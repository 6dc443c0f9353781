// The sandbox's questions: what people would have received, and what they do with it.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from './client.ts';

export interface SandboxMessage {
  readonly id: string;
  readonly person: string;
  readonly name: string;
  readonly channel: string;
  readonly to: string;
  readonly at: number;
  readonly subject: string;
  readonly excerpt: string;
  readonly text: string;
  readonly html: boolean;
  readonly links: readonly string[];
  readonly headers: readonly (readonly [string, string])[];
  readonly journey: string | null;
  readonly step: string | null;
  readonly status: string | null;
}

export type SandboxAction = 'open' | 'click' | 'reply' | 'bounce' | 'unsubscribe';

export const useSandbox = () =>
  useQuery({
    queryKey: ['sandbox'],
    queryFn: () => get<{ messages: SandboxMessage[]; acts: boolean }>('/api/sandbox'),
    // A new message appears as it would on a phone.
    refetchInterval: 2_000,
  });

export function useAct() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, action, value }: { id: string; action: SandboxAction; value?: string }) =>
      post(`/api/sandbox/${encodeURIComponent(id)}`, { action, ...(value !== undefined && { value }) }),
    onSuccess: () => void client.invalidateQueries(),
  });
}
