// What every command is given.

import type { Config } from '../config.ts';
import type { Adapters } from './adapters.ts';

export interface Context {
  readonly config: Config;
  readonly adapters: Adapters;
  readonly json: boolean;
}
