// Property tests look at the same cases at every run, so that a red run is red again. `CASES=7 npm test` looks at others.

import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.CASES ?? 20_260_302) });
