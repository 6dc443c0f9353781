// The migrations in their order; the place in this list is the schema's number.

import { first } from './001-first.ts';
import { keeping } from './002-keeping.ts';
import { urgent } from './003-urgent.ts';
import { erased } from './004-erased.ts';
import { format } from './005-format.ts';

export const MIGRATIONS: readonly string[] = [first, keeping, urgent, erased, format];
