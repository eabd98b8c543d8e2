#include "base/tollframe.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

static bool read_number(const uint8_t *text, size_t size, uint64_t *out)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        const unsigned digit = text[i] - '0';
        if (number > (UINT64_MAX - digit) / 10) return false;
        number = number * 10 + digit;
    }
    *out = number;
    return true;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool clr_tollframe_read(const uint8_t head[CLR_TOLLFRAME_SIZE], struct clr_tollframe *out)
{
    uint64_t size;
    if (!read_number(head, 20, &out->message_id) || !read_number(head + 20, 6, &size)) return false;
    out->body_size = (uint32_t)size;
    for (size_t i = 0; i < CLR_TOLLFRAME_MD5_SIZE; i++) {
        const int high = hex_digit(head[26 + 2 * i]), low = hex_digit(head[27 + 2 * i]);
        if (high < 0 || low < 0) return false;
        out->md5[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static enum clr_status md5_of(struct clr_bytes data, uint8_t md5[CLR_TOLLFRAME_MD5_SIZE])
{
    unsigned size = 0;
    uint8_t digest[EVP_MAX_MD_SIZE];
    if (EVP_Digest(data.data, data.size, digest, &size, EVP_md5(), NULL) != 1 || size != CLR_TOLLFRAME_MD5_SIZE) return CLR_KEY;
    memcpy(md5, digest, CLR_TOLLFRAME_MD5_SIZE);
    return CLR_OK;
}

enum clr_status clr_tollframe_write(uint64_t message_id, struct clr_bytes plain, size_t body_size, uint8_t head[CLR_TOLLFRAME_SIZE])
{
    char text[CLR_TOLLFRAME_SIZE + 1];
    uint8_t md5[CLR_TOLLFRAME_MD5_SIZE];
    if (body_size > CLR_TOLLFRAME_BODY_MAX) return CLR_FULL;
    CLR_TRY(md5_of(plain, md5));
    int at = snprintf(text, sizeof text, "%020llu%06u", (unsigned long long)message_id, (unsigned)body_size);
    for (size_t i = 0; i < sizeof md5; i++) at += snprintf(text + at, sizeof text - (size_t)at, "%02X", md5[i]);
    memcpy(head, text, CLR_TOLLFRAME_SIZE);
    return CLR_OK;
}

/** From "<Message" to behind the last "</Message>"; everything where they are missing. */
static struct clr_bytes element_of(struct clr_bytes plain)
{
    static const char end_tag[] = "</Message>";
    const uint8_t *const first = memmem(plain.data, plain.size, "<Message", 8);
    if (first == NULL) return plain;
    const size_t from = (size_t)(first - plain.data);
    for (size_t end = plain.size; end >= from + sizeof end_tag - 1; end--)
        if (memcmp(plain.data + end - (sizeof end_tag - 1), end_tag, sizeof end_tag - 1) == 0) return clr_bytes_of(first, end - from);
    return plain;
}

enum clr_status clr_tollframe_check(const struct clr_tollframe *frame, struct clr_bytes plain)
{
    const struct clr_bytes ways[] = { plain, element_of(plain) };
    uint8_t md5[CLR_TOLLFRAME_MD5_SIZE];
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        CLR_TRY(md5_of(ways[i], md5));
        if (memcmp(md5, frame->md5, sizeof md5) == 0) return CLR_OK;
    }
    return CLR_NOT_FOUND;
}
