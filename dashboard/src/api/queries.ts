// How questions are asked again: never in vain where the answer is no; when the session is over, the way in is shown.

import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from './client.ts';

const over = (error: unknown): void => {
  if (error instanceof ApiError && error.code === 'E_SIGN_IN') window.location.assign('/login');
};

export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: over }),
  mutationCache: new MutationCache({ onError: over }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});
