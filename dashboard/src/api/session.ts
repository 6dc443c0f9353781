// Who asks, and what they may do.

import { useQuery } from '@tanstack/react-query';
import { get, remove } from './client.ts';

export type Role = 'viewer' | 'author' | 'admin';
export interface Session {
  readonly user: { readonly email: string; readonly role: Role };
}

export const useSession = () =>
  useQuery({ queryKey: ['session'], queryFn: () => get<Session>('/api/session'), staleTime: 60_000 });

export function useMay(): { readonly author: boolean; readonly admin: boolean } {
  const role = useSession().data?.user.role;
  return { author: role === 'author' || role === 'admin', admin: role === 'admin' };
}

/** Ends the session here and on the server; the way in is a page of the server's own. */
export async function signOut(): Promise<void> {
  await remove('/api/session').catch(() => undefined);
  window.location.assign('/login');
}
