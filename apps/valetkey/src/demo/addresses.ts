/** 0: any that is free. */
export interface DemoPorts {
  readonly server: number;
  readonly photos: number;
  readonly print: number;
}

export interface DemoAddresses {
  readonly server: string;
  readonly photos: string;
  readonly print: string;
}
