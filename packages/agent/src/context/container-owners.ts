// SPDX-License-Identifier: Apache-2.0
// One object for each container: what is kept of a container hangs on it and goes with it. Nobody
// tells when a container is gone, so of too many the one that was asked for longest ago goes.

import { contextLimits } from './limits.ts';

export type ContainerOwner = { readonly containerId: string };

export class ContainerOwners {
  readonly #owners = new Map<string, ContainerOwner>();
  #dropped = 0;

  /** Gets the object of a container; the same one for as long as it is known. */
  get(containerId: string): ContainerOwner {
    const owner = this.#owners.get(containerId) ?? { containerId };
    // The order of the map is the order of use.
    this.#owners.delete(containerId);
    this.#owners.set(containerId, owner);
    if (this.#owners.size > contextLimits.containersMax) this.#dropLeastUsed();
    return owner;
  }

  get size(): number {
    return this.#owners.size;
  }

  /** Containers dropped because there were too many. */
  get dropped(): number {
    return this.#dropped;
  }

  #dropLeastUsed(): void {
    for (const containerId of this.#owners.keys()) {
      this.#owners.delete(containerId);
      this.#dropped += 1;
      return;
    }
  }
}
