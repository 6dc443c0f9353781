// Where in a YAML file a line stands, told by its indentation alone: so it can be told of text that cannot be parsed yet.

/** The path of the map that a line belongs to (a number is a place in a list), and the key it has. */
export function pathAt(lines: readonly string[], line: number): { path: (string | number)[]; key: string | null } {
  const own = shapeOf(lines[line] ?? '');
  let place: Place = own.dash
    ? { path: [0], depth: own.indent, list: true }
    : { path: [], depth: own.column, list: false };
  for (let at = line - 1; at >= 0; at -= 1) {
    const text = lines[at] ?? '';
    if (text.trim() !== '' && !text.trim().startsWith('#')) place = upwards(place, shapeOf(text));
  }
  return { path: [...place.path], key: own.key };
}

interface Place {
  readonly path: readonly (string | number)[];
  /** The column of what is looked for: whatever stands less deep holds it. */
  readonly depth: number;
  /** It is an item of a list, which may stand as deep as the key that holds it. */
  readonly list: boolean;
}

interface Shape {
  readonly indent: number;
  /** Where the key stands, behind the dash where there is one. */
  readonly column: number;
  readonly dash: boolean;
  readonly key: string | null;
  readonly value: string;
}

/** What a line further up makes of a place: nothing, or what holds it. */
function upwards(place: Place, shape: Shape): Place {
  const { path, depth, list } = place;
  // The line its own item begins with.
  if (shape.dash && !list && shape.column === depth) return { path: [0, ...path], depth: shape.indent, list: true };
  const holds = shape.column < depth || (list && !shape.dash && shape.column === depth);
  if (!holds || shape.key === null || shape.value !== '') return place;
  const held = [shape.key, ...path];
  return shape.dash
    ? { path: [0, ...held], depth: shape.indent, list: true }
    : { path: held, depth: shape.column, list: false };
}

function shapeOf(text: string): Shape {
  const match = /^(\s*)((?:-\s+)?)(?:([A-Za-z_][\w-]*)\s*:(?:\s|$))?(.*)$/.exec(text);
  const [, space = '', dash = '', key, value = ''] = match ?? [];
  return {
    indent: space.length,
    column: space.length + dash.length,
    dash: dash !== '',
    key: key ?? null,
    value: value.replace(/(?:^|\s)#.*$/, '').trim(),
  };
}
