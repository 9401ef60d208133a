/** A small whole PNG: eight by eight pixels of blues. */
export function samplePng(): Buffer {
  return Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAANUlEQVR4nG3CMRHAIAAEwZODiIig/hoREYEIRCDiZGHgd5YRa75YM2PNijV/rNmx5sSaG+sHbCRkAenIuokAAAAASUVORK5CYII=',
    'base64',
  );
}
