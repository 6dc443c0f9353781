// Everything that only shows when the files of a workspace are looked at together.

import type { Fault } from '../errors.ts';
import type { draftSpec } from '../read-spec.ts';
import { checkFields } from './fields.ts';
import type { CheckedJourney, Reading } from './findings.ts';
import { Findings } from './findings.ts';
import { checkFlow } from './flow.ts';
import { checkJourneyIds, checkJourneyNames, checkSegments } from './names.ts';
import { checkSpec } from './specs.ts';
import { checkConfirming, checkTemplates, hasSubject } from './templates.ts';

/** Faults of a workspace as a whole. A journey with errors of its own is checked for errors only, for what is absent there may be what could not be read. */
export function checkWorkspace(
  reading: Reading,
  specs: readonly ReturnType<typeof draftSpec>[],
  known: readonly Fault[],
): readonly Fault[] {
  const findings = new Findings(reading.files);
  const checked = reading.drafts.flatMap((draft): CheckedJourney[] =>
    draft.draft === undefined ? [] : [{ journey: draft.draft, draft, whole: draft.journey !== undefined }],
  );
  checkSegments(reading, findings);
  checkJourneyIds(reading, findings);
  checkConfirming(reading, findings);
  for (const one of checked) {
    checkJourneyNames(one, reading, findings);
    checkTemplates(one, reading, findings);
    if (!one.whole) continue;
    checkFlow(one, findings);
    checkFields(one, reading, findings);
  }
  for (const spec of specs) checkSpec(spec, checked, reading, findings);
  return [...known, ...findings.faults].filter(
    (fault) => fault.code !== 'W_NO_SUBJECT' || !hasSubject(fault.place.file, checked, reading),
  );
}
