// How far it is, on stderr: a bar that moves on a terminal, a line every few thousand rows elsewhere.

const EVERY = 5_000;
const WIDTH = 30;

export class Meter {
  readonly #rows: number;
  readonly #tty = process.stderr.isTTY === true;
  #told = 0;

  constructor(rows: number) {
    this.#rows = rows;
  }

  tell(row: number, refused: number): void {
    if (this.#tty) {
      const part = this.#rows === 0 ? 1 : row / this.#rows;
      const bar = '#'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '.');
      process.stderr.write(`\r[${bar}] ${Math.floor(part * 100)} %  ${row} of ${this.#rows} rows, ${refused} refused `);
    } else if (row - this.#told >= EVERY) {
      this.#told = row;
      console.error(`${row} of ${this.#rows} rows, ${refused} refused`);
    }
  }

  end(): void {
    if (this.#tty) process.stderr.write('\n');
  }
}
