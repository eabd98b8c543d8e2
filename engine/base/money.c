/* money.c: the two named roundings, and fen as yuan for people. See money.h. */
#include "base/money.h"

#include <stdbool.h>
#include <stddef.h>

/* The only way from wide to fen: out of range is a status, never a truncation. */
static enum clr_status narrow(clr_wide value, clr_fen *out)
{
    if (value > INT64_MAX || value < INT64_MIN) return CLR_OVERFLOW;
    *out = (clr_fen)value;
    return CLR_OK;
}

enum clr_status clr_fen_round_ppm(clr_wide numerator, clr_fen *out)
{
    /* C truncates toward zero, so the remainder has the numerator's sign and rounding moves away from zero.
     * Dividing first keeps the half added from overflowing at the ends of the range. */
    if (numerator >= INT64_MIN && numerator <= INT64_MAX) {
        /* Nearly always: a division by a constant instead of a call. */
        const int64_t small = (int64_t)numerator, left = small % CLR_PPM;
        *out = small / CLR_PPM + (left >= CLR_PPM / 2) - (left <= -(CLR_PPM / 2));
        return CLR_OK;
    }
    clr_wide quotient = numerator / CLR_PPM;
    const clr_wide rest = numerator % CLR_PPM;

    if (rest >= CLR_PPM / 2) quotient++;
    if (rest <= -(CLR_PPM / 2)) quotient--;
    return narrow(quotient, out);
}

enum clr_status clr_fen_share_ppm(clr_fen fen, uint32_t ppm, clr_fen *out)
{
    /* Truncation toward zero is the floor of a share that is paid, and its exact mirror image when it is paid back. */
    int64_t product;
    if (!__builtin_mul_overflow(fen, (int64_t)ppm, &product)) {
        *out = product / CLR_PPM;
        return CLR_OK;
    }
    return narrow((clr_wide)fen * ppm / CLR_PPM, out);
}

const char *clr_yuan_text(clr_fen fen, char text[CLR_YUAN_TEXT_SIZE])
{
    char reversed[CLR_YUAN_TEXT_SIZE];
    const bool negative = fen < 0;
    uint64_t left = negative ? -(uint64_t)fen : (uint64_t)fen;   /* unsigned: INT64_MIN has no positive twin */
    size_t size = 0;

    for (int digit = 0; digit < 3 || left > 0; digit++) {
        if (digit == 2) reversed[size++] = '.';
        if (digit > 2 && (digit - 2) % 3 == 0) reversed[size++] = ',';
        reversed[size++] = (char)('0' + left % 10);
        left /= 10;
    }
    if (negative) reversed[size++] = '-';
    for (size_t i = 0; i < size; i++) text[i] = reversed[size - 1 - i];
    text[size] = '\0';
    return text;
}
