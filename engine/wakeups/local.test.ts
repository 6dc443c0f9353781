import { createLocalWakeups } from './local.ts';
import { wakeupsContract } from './wakeups.contract.ts';

wakeupsContract('local', async () => createLocalWakeups(), { arrives: 100 });
