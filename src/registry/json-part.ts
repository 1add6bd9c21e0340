/** A value of a JSON document as it was written there, read only when somebody asks for it. */
export class Part {
  private readonly written: string | undefined;
  private read: unknown;
  /** Whoever looks at parts closely notes here that this one was. */
  passed = false;

  /** `written` must have been checked; a value that was not written down comes second. */
  constructor(written: string | undefined, value?: unknown) {
    this.written = written;
    this.read = value;
  }

  get value(): unknown {
    // Nothing written in JSON is undefined.
    if (this.read === undefined && this.written !== undefined) this.read = JSON.parse(this.written);
    return this.read;
  }

  /** As JSON, without line ends of its own. */
  get json(): string {
    return this.written ?? JSON.stringify(this.read);
  }

  /** True where no member of that name can be in it. */
  lacks(name: string): boolean {
    return this.written !== undefined && !this.written.includes(name) && !this.written.includes('\\');
  }

  get length(): number {
    return this.written?.length ?? 0;
  }
}
