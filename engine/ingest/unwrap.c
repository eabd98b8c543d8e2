#include "ingest/unwrap.h"

#include <stdlib.h>
#include <string.h>

#include "base/lz77.h"
#include "base/tollframe.h"
#include "ingest/digest.h"

/* ---- by structure ---- */

#define FIRST_SIZE (CLR_LZ77_HEAD_SIZE + 2)

static bool may_begin_xml(uint8_t byte) { return byte == '<' || byte == 0xef; }

/** Could a packed message begin with these bytes? */
static bool looks_packed(const uint8_t first[FIRST_SIZE])
{
    uint32_t plain, coded;
    return clr_lz77_head(first, &plain, &coded) && may_begin_xml(clr_lz77_first(first));
}

/** Do the blocks from `at` lead exactly to the end? */
static enum clr_status leads_to_end(const struct clr_source *source, uint64_t at, bool *out, enum clr_file_reason *reason, struct clr_fault *fault)
{
    uint8_t head[CLR_LZ77_HEAD_SIZE];
    uint32_t plain, coded;
    *out = false;
    while (source->size - at >= sizeof head) {
        CLR_TRY(clr_source_read(source, at, head, sizeof head, reason, fault));
        if (!clr_lz77_head(head, &plain, &coded)) return CLR_OK;
        at += sizeof head;
        if (coded > source->size - at) return CLR_OK;
        at += coded;
    }
    *out = at == source->size;
    return CLR_OK;
}

enum clr_status clr_unwrap_sniff(const struct clr_source *source, enum clr_packing *out, enum clr_file_reason *reason, struct clr_fault *fault)
{
    uint8_t head[CLR_TOLLFRAME_SIZE + FIRST_SIZE];
    struct clr_tollframe frame;
    const size_t size = source->size < sizeof head ? (size_t)source->size : sizeof head;
    bool whole;

    *out = CLR_PACKING_NONE;
    if (size < FIRST_SIZE || source->size > CLR_UNWRAPPED_MAX) return CLR_OK;
    CLR_TRY(clr_source_read(source, 0, head, size, reason, fault));
    if (size == sizeof head && clr_tollframe_read(head, &frame) && looks_packed(head + CLR_TOLLFRAME_SIZE)) {
        *out = CLR_PACKING_FRAME;
        return CLR_OK;
    }
    if (!looks_packed(head)) return CLR_OK;
    CLR_TRY(leads_to_end(source, 0, &whole, reason, fault));
    if (whole) *out = CLR_PACKING_LZ77;
    return CLR_OK;
}

/* ---- the bytes ---- */

static enum clr_status refuse(enum clr_file_reason why, enum clr_file_reason *reason, struct clr_fault *fault, const char *en, const char *zh)
{
    return clr_source_refuse(NULL, why, reason, fault, en, zh);
}

static enum clr_status unpack_blocks(struct clr_bytes packed, uint64_t limit, uint8_t **plain, size_t *size, enum clr_file_reason *reason,
                                     struct clr_fault *fault)
{
    uint64_t plain_size;
    if (!clr_lz77_size(packed, &plain_size))
        return refuse(CLR_FILE_REASON_FRAMING, reason, fault, "the packed message is cut off, or something follows its end; send it again",
                      "压缩报文不完整，或其末尾之后还有多余数据；请重新发送");
    if (plain_size > limit || plain_size > CLR_UNWRAPPED_MAX)
        return refuse(CLR_FILE_REASON_TOO_LARGE, reason, fault, "the message unpacks to more than 64 MiB; it is not unpacked", "报文解压后超过 64 MiB，未予解压");
    *plain = malloc((size_t)plain_size + 1);
    if (*plain == NULL) return clr_memory_short(fault);
    *size = (size_t)plain_size;
    if (clr_lz77_unpack(packed, *plain)) return CLR_OK;
    free(*plain);
    *plain = NULL;
    return refuse(CLR_FILE_REASON_FRAMING, reason, fault, "the packed message is damaged; send it again", "压缩报文已损坏；请重新发送");
}

static enum clr_status check_md5(const struct clr_tollframe *frame, struct clr_bytes plain, enum clr_file_reason *reason, struct clr_fault *fault)
{
    const enum clr_status status = clr_tollframe_check(frame, plain);
    if (status == CLR_NOT_FOUND)
        return refuse(CLR_FILE_REASON_FRAMING, reason, fault, "the message has another MD5 than its frame says; send it again", "报文的 MD5 与帧头所写不符；请重新发送");
    if (status != CLR_OK) return clr_fault_say(fault, CLR_KEY, "OpenSSL gives no MD5 here", "此处的 OpenSSL 不提供 MD5");
    return CLR_OK;
}

enum clr_status clr_unwrap(enum clr_packing packing, struct clr_bytes packed, uint64_t limit, uint8_t **plain, size_t *size,
                           enum clr_file_reason *reason, struct clr_fault *fault)
{
    struct clr_tollframe frame;
    *plain = NULL;
    if (packing == CLR_PACKING_LZ77) return unpack_blocks(packed, limit, plain, size, reason, fault);
    if (packed.size < CLR_TOLLFRAME_SIZE || !clr_tollframe_read(packed.data, &frame) || frame.body_size != packed.size - CLR_TOLLFRAME_SIZE)
        return refuse(CLR_FILE_REASON_FRAMING, reason, fault, "the frame says another length than the message behind it has; send it again",
                      "帧头所写长度与其后报文的长度不符；请重新发送");
    CLR_TRY(unpack_blocks(clr_bytes_of(packed.data + CLR_TOLLFRAME_SIZE, packed.size - CLR_TOLLFRAME_SIZE), limit, plain, size, reason, fault));
    const enum clr_status status = check_md5(&frame, clr_bytes_of(*plain, *size), reason, fault);
    if (status == CLR_OK) return CLR_OK;
    free(*plain);
    *plain = NULL;
    return status;
}
