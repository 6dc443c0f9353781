#!/usr/bin/env node
// In a clone that has never been built, the first command builds it; an installed package brings `dist/` along.
import { existsSync } from 'node:fs';

if (!existsSync(new URL('../dist/engine/main.js', import.meta.url))) await import('./ready.js');
await import('../dist/engine/main.js');
