// Errors of what authors type: YAML, journeys, settings, templates, specs. `check` finds them all at once.

import type { ErrorSection } from './kind.ts';
import { finding } from './kind.ts';

export const YAML_ERRORS: ErrorSection = {
  E_QUOTE: finding(
    'YAML would misread this text: it holds `: `, ` #`, a comma or bracket inside `{}` or `[]`, or begins with a character that means something to YAML.',
    'Replace the line by the corrected one the message prints: the same text in quotes.',
  ),
  E_INDENT: finding(
    'The indentation does not fit the lines above.',
    'Let entries of one list or map begin in the same column, two spaces deeper than what holds them.',
  ),
  E_TAB: finding('A line is indented with a tab.', 'Use spaces.'),
  E_YAML: finding(
    'The file cannot be read as YAML here.',
    'Check quotes, brackets, colons and dashes on this line and the one above.',
  ),
  E_DUPLICATE_KEY: finding('A key stands twice in one map.', 'Keep one of them.'),
  E_KEY_REFUSED: finding('`__proto__`, `constructor` and `prototype` are not allowed as keys.', 'Choose another name.'),
  E_ANCHOR: finding(
    'Anchors and aliases (`&name`, `*name`) are not part of the language.',
    'Write the value where it is needed; quote it if it is text.',
  ),
  E_TAG: finding(
    'Tags (`!name`) are not part of the language: the key tells how its value is read.',
    'Leave the tag out; quote the value if it is text.',
  ),
  E_TOO_DEEP: finding(
    'Values or steps stand inside one another too deeply.',
    'Flatten them, or make a journey of its own from the inner steps.',
  ),
};

export const SHAPE_ERRORS: ErrorSection = {
  E_VALUE: finding('A value is not what its key takes.', 'Write what the message asks for; it shows an example.'),
  E_UNKNOWN_KEY: finding('A key is not known here.', 'Correct it as suggested, or take it out.'),
  E_MISSING_KEY: finding('A key that is needed is missing.', 'Add it; the message tells what it takes.'),
  E_NOT_YET: finding(
    'This part of the language is not available in this version.',
    'Leave it out, or use a version that has it.',
  ),
  E_UNKNOWN_VERB: finding('A step has a verb that does not exist.', 'Correct it as suggested.'),
  E_NO_VERB: finding('A step, rung or case does nothing: its verb is missing.', 'Add one verb, such as `wait: 2h`.'),
  E_TWO_VERBS: finding('A step, trigger or rung does two things.', 'Make two of it; each begins with `- `.'),
  E_WEIGHTS: finding(
    'The weights of a split do not add up to 100%, or only some variants have one.',
    'Give every variant a weight, together 100%, or none.',
  ),
};

export const EXPRESSION_ERRORS: ErrorSection = {
  E_EXPRESSION: finding('A condition cannot be read.', 'Correct it at the place named; conditions are CEL.'),
  E_EXPRESSION_SIZE: finding('A condition is too large.', 'Move parts of it into segments.'),
  E_UNKNOWN_NAME: finding(
    'A condition uses a name that does not exist.',
    'Names are `profile`, `trigger`, `vars`, `now`, and `event` where an event is looked at.',
  ),
  E_NAME_NOT_HERE: finding(
    'A condition uses a name that exists elsewhere only.',
    '`event` is known in the `if` and `key` of a trigger, in `exit`, `goal` and the `if` of a `wait_for`.',
  ),
  E_UNKNOWN_FUNCTION: finding('A condition uses a function that does not exist.', 'Correct it as suggested.'),
};

export const JOURNEY_ERRORS: ErrorSection = {
  E_UNKNOWN_STEP: finding(
    'A step or message is referred to that the journey does not have.',
    "Use the step's id, or the name of a template that one send uses.",
  ),
  E_AMBIGUOUS_STEP: finding(
    'A reference means several messages.',
    'Use the id of one of them; give it one if need be.',
  ),
  E_DUPLICATE_ID: finding('Two steps, rungs or variants have the same id.', 'Give one of them another.'),
  E_DUPLICATE_JOURNEY: finding('Two journeys of the workspace have the same id.', 'Give one of them another.'),
  E_UNKNOWN_TEMPLATE: finding(
    'A step names a template that is not in the folder of the journey.',
    'Correct the name, or add the file `<name>.<channel>.<ext>`.',
  ),
  E_UNKNOWN_SEGMENT: finding(
    'A condition names a segment that tropa.yaml does not define.',
    'Correct the name, or define the segment.',
  ),
  E_UNKNOWN_CATEGORY: finding(
    'A category is named that tropa.yaml does not define.',
    'Correct the name, or define the category.',
  ),
  E_UNKNOWN_JOURNEY: finding('A journey is named that the workspace does not have.', 'Correct the id.'),
  E_UNKNOWN_OUTCOME: finding('A spec expects an outcome that the journey cannot have.', 'Correct it as suggested.'),
  E_SEGMENT_CYCLE: finding('Segments refer to one another in a circle.', 'Take one of the references out.'),
  E_WINDOW_TOO_LONG: finding(
    'A condition looks back further than events are kept.',
    'Shorten the window, or raise RETENTION.',
  ),
  E_RESERVED_NAME: {
    ...finding(
      'A name belongs to Tropa itself: an event it makes, a field it keeps, an outcome it uses.',
      'Choose another name.',
    ),
    http: 400,
  },
};

export const SETTINGS_ERRORS: ErrorSection = {
  E_ENV: finding(
    'tropa.yaml names an environment variable that is not set.',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as authors write it
    'Set it, or give it a default: `${NAME:-default}`.',
  ),
  E_SETTINGS: finding('A setting cannot be used.', 'Correct it as the message says.'),
  E_DUPLICATE_NAME: finding('Two entries have the same name or kind.', 'Keep one of them.'),
};

export const TEMPLATE_ERRORS: ErrorSection = {
  E_TEMPLATE_NAME: finding(
    'A file of the folder is named neither like a template nor like anything else known.',
    'Templates are `<name>[.<locale>].email.mjml` (or `.html`, `.txt`), `.sms.txt`, `.push.txt`.',
  ),
  E_TEMPLATE_HEADER: finding(
    'A header of a template is unknown or cannot be read.',
    'Headers stand above the first line that is just `---`, each `name: text`.',
  ),
  E_TEMPLATE_LIQUID: finding('The Liquid of a template cannot be read.', 'Correct it at the place named.'),
  E_TEMPLATE_MJML: finding('The MJML of a template cannot be read.', 'Correct the element that the message names.'),
  E_TEMPLATE_SIZE: finding('A template is too large.', 'Shorten it; Gmail cuts mails at 102 KB.'),
};
