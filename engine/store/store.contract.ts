// The contract of the store port. Every folder beside this file runs it; a promise that one adapter cannot keep is not
// a promise of the port. Its chapters are the other `*.contract.ts` files here.

import { describe, test } from '@jest/globals';
import type { OpenShelf, Promises } from '../testing/store-shelf.ts';
import { arrivalPromises } from './arrivals.contract.ts';
import { claimPromises } from './claims.contract.ts';
import { commitPromises } from './commits.contract.ts';
import { copyPromises } from './copies.contract.ts';
import { definitionPromises } from './definitions.contract.ts';
import { erasurePromises } from './erasure.contract.ts';
import { hostilePromises } from './hostile.contract.ts';
import { keepingPromises } from './keeping.contract.ts';
import { mergePromises } from './merges.contract.ts';
import { pagePromises } from './pages.contract.ts';
import { reopeningPromises } from './reopening.contract.ts';
import { suppressionPromises } from './suppressions.contract.ts';

/** Runs the whole contract against one adapter. `persists`: what it stored is there when it is opened again. */
export function storeContract(name: string, open: OpenShelf, { persists }: { persists: boolean }): void {
  const promise: Promises = (title, keep) => {
    test(title, async () => {
      const shelf = await open();
      try {
        await keep(shelf);
      } finally {
        await shelf.dispose();
      }
    });
  };
  describe(`${name} keeps the store's contract`, () => {
    describe('arrivals', () => arrivalPromises(promise));
    describe('claims', () => claimPromises(promise));
    describe('commits', () => commitPromises(promise));
    describe('copies', () => copyPromises(promise));
    describe('merges', () => mergePromises(promise));
    describe('definitions', () => definitionPromises(promise));
    describe('pages', () => pagePromises(promise));
    describe('keeping', () => keepingPromises(promise));
    describe('suppressions', () => suppressionPromises(promise));
    describe('erasure', () => erasurePromises(promise));
    describe('hostility', () => hostilePromises(promise));
    if (persists) describe('reopening', () => reopeningPromises(promise));
  });
}
