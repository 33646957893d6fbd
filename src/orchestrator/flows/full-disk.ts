import { AppError } from '../../shared/errors.ts';

/** A full disk holds runs up and fails none: whoever meets it tries again when there may be room. */
export const isFullDisk = (error: unknown): boolean => error instanceof AppError && error.code === 'disk_full';
