/*
 * tollframe.h: the frame in which a toll message goes over a connection: 58 characters, then the packed message (base/lz77.h).
 *
 *     off len
 *       0  20  message id, decimal, zeros before it
 *      20   6  bytes that follow, decimal: at most 999,999
 *      26  32  MD5 of the unpacked message, hexadecimal. The text of the interface says of the Message element, a note in its margin of the whole
 *              with the XML declaration: both are accepted, the second is written.
 *
 * Threads   pure.
 * Source    the packages' transport, formats etc 1.1
 */
#ifndef CLR_BASE_TOLLFRAME_H
#define CLR_BASE_TOLLFRAME_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/status.h"

#define CLR_TOLLFRAME_SIZE 58u
#define CLR_TOLLFRAME_MD5_SIZE 16u
#define CLR_TOLLFRAME_BODY_MAX 999999u

struct clr_tollframe {
    uint64_t message_id;
    uint32_t body_size;
    uint8_t md5[CLR_TOLLFRAME_MD5_SIZE];
};

/** @return false when the bytes have not the form of a frame. */
bool clr_tollframe_read(const uint8_t head[CLR_TOLLFRAME_SIZE], struct clr_tollframe *out);

/** Head of the frame of `plain`, packed to `body_size` bytes. @return CLR_OK | CLR_FULL (more than a frame can hold) | CLR_KEY (no MD5 in OpenSSL) */
CLR_MUST_USE enum clr_status clr_tollframe_write(uint64_t message_id, struct clr_bytes plain, size_t body_size, uint8_t head[CLR_TOLLFRAME_SIZE]);

/** Does the unpacked message, or its Message element alone, have the frame's MD5? @return CLR_OK | CLR_NOT_FOUND (it has not) | CLR_KEY */
CLR_MUST_USE enum clr_status clr_tollframe_check(const struct clr_tollframe *frame, struct clr_bytes plain);

#endif
