// What `check` warns about: it works, and is hardly what somebody meant.

import type { ErrorSection } from './kind.ts';
import { warning } from './kind.ts';

export const WARNINGS: ErrorSection = {
  W_COMMENT: warning(
    'A comment touches its `#`: perhaps text that YAML cut off.',
    'Put quotes around the whole text, or a space behind the `#`.',
  ),
  W_KIND: warning(
    'A condition compares different kinds: a text is never equal to a number.',
    'Convert one of them, with `number()` or `time()`.',
  ),
  W_UNKNOWN_FIELD: warning(
    'A condition or template reads a field that no configured source sends with this event, or that the profile is not known to have.',
    'Correct the name; fields of each event stand in the language reference.',
  ),
  W_UNKNOWN_EVENT: warning('An event is named almost like one that is known.', 'Correct the name if it is meant.'),
  W_UNSET_VARIABLE: warning(
    'A variable is read that no step sets.',
    'Correct the name, or set it: `set`, `as` or `with`.',
  ),
  W_UNREACHABLE: warning('Nobody can get to this step.', 'Take it out, or mend what leads away before it.'),
  W_SIGNAL: warning(
    'A signal is awaited that this channel can never give.',
    'Wait for one that it gives; the table of signals stands in the language reference.',
  ),
  W_MESSAGE_LATER: warning(
    'A signal is awaited of a message that is only sent further down.',
    'Move the wait below the send.',
  ),
  W_NO_FALLBACK: warning('A "for" has no effect.', 'Leave it out, or add what should follow.'),
  W_UNUSED_TEMPLATE: warning('No step uses this template.', 'Remove the file, or use it.'),
  W_NO_DEFAULT_TEMPLATE: warning(
    'A template exists in some languages only, and the rest of the people would get nothing.',
    'Add one without a language in its name.',
  ),
  W_NO_SUBJECT: warning(
    'A mail has no subject.',
    'Write `subject: …` above a line `---`, or give the step a `subject`.',
  ),
  W_SANDBOX: warning(
    'A channel has no sender whose settings are complete: its messages go to the sandbox.',
    'Set the variables the message names when messages should really leave.',
  ),
  W_NO_TESTERS: warning(
    'A journey is in status `test`, and there is no segment `testers`: nobody can enter.',
    'Define the segment `testers` in tropa.yaml.',
  ),
  W_NOT_READ: warning('A file of the workspace is nothing that is read.', 'Move or rename it.'),
};
