// What happens now: the latest messages, looked at again every second.

import { useQuery } from '@tanstack/react-query';
import { get } from './client.ts';
import type { MessageLine } from './messages.ts';

export const useFeed = () =>
  useQuery({
    queryKey: ['feed'],
    queryFn: () => get<{ messages: MessageLine[] }>('/api/feed').then((all) => all.messages),
    refetchInterval: 1_000,
  });
