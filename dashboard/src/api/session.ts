// Who is signed in, and what they may do.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post, remove } from './client.ts';

export type Role = 'viewer' | 'author' | 'admin';
export interface Session {
  readonly user: { readonly email: string; readonly role: Role } | null;
}

export const useSession = () =>
  useQuery({ queryKey: ['session'], queryFn: () => get<Session>('/api/session'), staleTime: 60_000 });

export function useMay(): { readonly author: boolean; readonly admin: boolean } {
  const role = useSession().data?.user?.role;
  return { author: role === 'author' || role === 'admin', admin: role === 'admin' };
}

function useEntering<Request>(path: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: Request) => post(path, request),
    onSuccess: () => client.invalidateQueries(),
  });
}

export const useSignIn = () => useEntering<{ email: string; password: string; code?: string }>('/api/session');

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => remove('/api/session'),
    onSettled: () => {
      client.clear();
      window.location.assign('/');
    },
  });
}
