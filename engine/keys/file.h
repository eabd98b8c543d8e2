/*
 * file.h: keys and passphrases on disk: read only where nobody else can read, replaced in one step, by one command at a time.
 *
 * Errors    CLR_KEY with fault and path: not there, a link, not a regular file, open to group or others, of the wrong size.
 * Threads   any; no state.
 */
#ifndef CLR_KEYS_FILE_H
#define CLR_KEYS_FILE_H

#include "keys/seal.h"

/** A key file: exactly 32 bytes, mode 0600 or 0400. */
CLR_MUST_USE enum clr_status clr_key_file_read(const char *path, struct clr_secret *out, struct clr_fault *fault);

/** Make one: 32 random bytes, mode 0600; CLR_USAGE when something is there. */
CLR_MUST_USE enum clr_status clr_key_file_make(const char *path, struct clr_fault *fault);

/** A passphrase: the first line, 1 to CLR_PASSPHRASE_MAX bytes. From a file (private as above), or from a descriptor that the caller opened. */
CLR_MUST_USE enum clr_status clr_passphrase_file_read(const char *path, struct clr_secret *out, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_passphrase_read(int descriptor, struct clr_secret *out, struct clr_fault *fault);

/** Bytes of a sealed file (private as above). @param out  malloc'ed. @return CLR_NOT_FOUND when there is none, with a fault. */
CLR_MUST_USE enum clr_status clr_sealed_read(const char *path, uint8_t **out, size_t *size, struct clr_fault *fault);

/** Written beside with mode 0600, synced, renamed into place, the folder synced. What was there stays until then. */
CLR_MUST_USE enum clr_status clr_sealed_replace(const char *path, const uint8_t *data, size_t size, struct clr_fault *fault);

/** The lock of the folder a sealed file lies in, held until *descriptor is closed. @return CLR_OK | CLR_BUSY | CLR_USAGE */
CLR_MUST_USE enum clr_status clr_sealed_lock(const char *path, int *descriptor, struct clr_fault *fault);

#endif
