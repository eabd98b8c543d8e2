/*
 * tradequick_avx2.c: the quick reader with AVX2; built with the options that CMakeLists.txt gives this file. See tradequick.h.
 *
 * A record is two looks. The first 64 bytes give masks of all commas and of all that is no digit: up to the fifth comma they must be the
 * same. Fields between two commas become numbers by 16 bytes that end with them. All that stands behind the fifth comma stands at fixed
 * places: 32 bytes of it have a class each, and become pairs, then fours, in the same instructions, whatever they mean.
 *
 * Threads   pure; the reader's memory of the last date is used.
 */
#include "tradequick.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define CLR_WIDE
#include "look.h"
#include "quick.h"
#include "times.h"
#include "tradeparts.h"

/* Sixteen bytes at each of two places. */
CLR_INLINE __m256i load_two(const uint8_t *low, const uint8_t *high)
{
    const __m128i front = _mm_loadu_si128((const __m128i *)(const void *)low);

    return _mm256_inserti128_si256(_mm256_castsi128_si256(front), _mm_loadu_si128((const __m128i *)(const void *)high), 1);
}

CLR_INLINE __m128i load_eights(const uint8_t *low, const uint8_t *high)
{
    return _mm_insert_epi64(_mm_cvtsi64_si128((int64_t)clr_load8(low)), (int64_t)clr_load8(high), 1);
}

/* Bits `least` to `most`, counted with the comma in front. */
#define WITH_COMMA(most) ((UINT64_C(1) << ((most) + 2)) - 4)

/* The first five commas, with digits alone between them, as many as may be. A comma that is not there is at 64. */
CLR_INLINE bool find_commas(const uint8_t *record, uint64_t at[5])
{
    const __m256i low = look_load(record), high = look_load(record + 32);
    const uint64_t commas = look_gather(_mm256_cmpeq_epi8(low, LOOK(COMMA)), _mm256_cmpeq_epi8(high, LOOK(COMMA)));
    const uint64_t others = look_gather(_mm256_adds_epu8(_mm256_xor_si256(low, LOOK(ZERO)), LOOK(TO_HIGH)),
                                        _mm256_adds_epu8(_mm256_xor_si256(high, LOOK(ZERO)), LOOK(TO_HIGH)));
    uint64_t left = commas;

    for (unsigned i = 0; i < 4; i++, left &= left - 1) at[i] = look_lowest(left);
    at[4] = look_lowest(left);
    /* No shift is by 64 where the ones before were good. */
    const uint64_t good = UINT64_C(0xf0000) >> (at[0] & 63) & WITH_COMMA(CLR_TRADE_TERMINAL_MAX) >> ((at[1] - at[0]) & 63) &
                          WITH_COMMA(CLR_TRADE_SERIAL_MAX) >> ((at[2] - at[1]) & 63) &
                          WITH_COMMA(CLR_TRADE_COUNTER_MAX) >> ((at[3] - at[2]) & 63) &
                          WITH_COMMA(CLR_TRADE_AMOUNT_MAX) >> ((at[4] - at[3]) & 63) & 1;
    return (good != 0) & (((others ^ commas) & (left ^ (left - 1))) == 0);
}

static_assert(CLR_TRADE_CARD_MIN == 16 && CLR_TRADE_CARD_MAX == 19, "0xf0000");

/* The last digits before each of two commas, as their values; what is in front of them is zero. `size` counts the comma in front, too. */
CLR_INLINE __m256i last_digits(const uint8_t *record, const uint64_t *comma, uint64_t size, uint64_t next_size)
{
    const __m256i keep = load_two(clr_look_last + size - 1, clr_look_last + next_size - 1);

    return _mm256_and_si256(load_two(record + comma[0] - 16, record + comma[1] - 16), keep);
}

CLR_INLINE __m256i fours_of(__m256i digits)
{
    return _mm256_madd_epi16(_mm256_maddubs_epi16(digits, LOOK(TENS)), LOOK(HUNDREDS));
}

/* Terminal, serial, counter and amount, whose digits are known to be digits. @return false when the counter is too large */
CLR_INLINE bool read_front(const uint8_t *record, const uint64_t at[5], struct clr_raw *raw)
{
    const __m256i sams = last_digits(record, at + 1, at[1] - at[0], at[2] - at[1]);
    const __m128i keep = load_eights(clr_look_last + 8 + (at[3] - at[2]) - 1, clr_look_last + 8 + (at[4] - at[3]) - 1);
    const __m128i counts = _mm_and_si128(load_eights(record + at[3] - 8, record + at[4] - 8), keep);
    /* Of each half: two eights of the terminal or the serial; then counter and amount, in the lower half only. */
    const __m256i fours = _mm256_packus_epi32(fours_of(sams), fours_of(_mm256_zextsi128_si256(counts)));
    const __m256i eights = _mm256_madd_epi16(fours, LOOK(TEN_THOUSANDS));
    const __m256i whole = _mm256_add_epi64(_mm256_mul_epu32(eights, _mm256_set1_epi64x(100000000)), _mm256_srli_epi64(eights, 32));
    const uint64_t two = (uint64_t)_mm_extract_epi64(_mm256_castsi256_si128(eights), 1);

    raw->sam = (uint64_t)_mm_cvtsi128_si64(_mm256_castsi256_si128(whole));
    raw->sam_serial = (uint64_t)_mm_cvtsi128_si64(_mm256_extracti128_si256(whole, 1));
    raw->counter = (uint32_t)two;
    raw->amount_fen = raw->price_fen = (clr_fen)(two >> 32);
    return raw->counter <= UINT16_MAX;
}

CLR_INLINE bool same_day(const uint8_t *text, struct clr_reader *reader)
{
    if (((clr_load8(text) ^ reader->quick_trade.first) | (clr_load8(text + 3) ^ reader->quick_trade.second)) == 0) return true;
    return clr_times_learn_trade(clr_bytes_of(text, 19), reader);
}

/* Everything behind the fifth comma but the line end; LOOK_TRADE_CLASS and those behind it say what stands where. */
CLR_INLINE bool read_behind(const uint8_t *text, struct clr_reader *reader, struct clr_raw *raw)
{
    const __m256i bytes = load_two(text + 11, text + 28);
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), LOOK(NIBBLE));
    const __m256i class = _mm256_and_si256(_mm256_shuffle_epi8(LOOK(CLASS_HIGH), upper), _mm256_shuffle_epi8(LOOK(CLASS_LOW), bytes));
    const __m256i value = _mm256_add_epi8(_mm256_and_si256(bytes, LOOK(NIBBLE)), _mm256_shuffle_epi8(LOOK(HEX_HIGH), upper));
    const __m256i pairs = _mm256_maddubs_epi16(value, LOOK(TRADE_PAIRS));
    const __m256i wrong = _mm256_or_si256(_mm256_cmpeq_epi8(_mm256_and_si256(class, LOOK(TRADE_CLASS)), _mm256_setzero_si256()),
                                          _mm256_cmpgt_epi16(pairs, LOOK(TRADE_MOST)));
    const __m256i parts = _mm256_madd_epi16(pairs, LOOK(TRADE_FOURS));
    const __m128i back = _mm256_extracti128_si256(parts, 1);
    const uint64_t time = (uint64_t)_mm_cvtsi128_si64(_mm256_castsi256_si128(parts)), codes = (uint64_t)_mm_cvtsi128_si64(back);
    const uint64_t halves = (uint64_t)_mm_extract_epi64(back, 1), industry = codes & 15, type = codes >> 32;
    const uint32_t tac = (uint32_t)(halves << 16 | halves >> 32);

    if (!_mm256_testz_si256(wrong, wrong) || (unsigned)text[27] - '0' > 9) return false;
    const uint64_t types = UINT64_C(1) << CLR_TYPE_PURSE | UINT64_C(1) << CLR_TYPE_COMPOUND;
    if ((UINT64_C(0x1fe) >> industry & types >> (type & 63) & 1) == 0) return false;
    if (tac + 1 <= 1 || tac == UINT32_C(0x30303030)) return false;
    if (!same_day(text, reader)) return false;
    raw->traded_at_s = reader->quick_trade.start_s + (int64_t)((uint32_t)time + (time >> 32));
    raw->city_card = clr_bytes_of(text + 20, 4);
    raw->city_trade = clr_bytes_of(text + 25, 4);
    raw->flags = CLR_FLAG_HAS_TAC;
    raw->kind = CLR_KIND_PURCHASE;
    raw->service = clr_industry_codes[industry - 1].value;
    raw->type = (uint8_t)type;
    raw->tac = tac;
    return true;
}

static size_t read_records(struct clr_bytes block, size_t *at, struct clr_reader *reader, struct clr_raw *out, size_t max)
{
    size_t from = *at, count = 0;

    for (; count < max && block.size - from >= CLR_TRADE_SPAN; count++) {
        const uint8_t *const record = block.data + from;
        struct clr_raw *const raw = &out[count];
        uint64_t comma[5];
        if (!find_commas(record, comma)) break;
        const uint8_t *const text = record + comma[4] + 1;
        const bool carriage = text[44] == '\r';
        clr_raw_blank(raw, CLR_PRODUCT_TRANSIT);
        if (text[44 + carriage] != '\n' || !read_front(record, comma, raw) || !read_behind(text, reader, raw)) break;
        const size_t size = comma[4] + 46 + carriage;
        raw->card = clr_bytes_of(record, comma[0]);
        raw->offset = (uint32_t)from;
        raw->size = (uint32_t)size;
        from += size;
    }
    *at = from;
    return count;
}

clr_trade_quick *clr_trade_quick_avx2(void)
{
    /* Another reader of the same options knows whether this processor has them. */
    return clr_quick_best() == &clr_quick_avx2 ? read_records : NULL;
}

#else

clr_trade_quick *clr_trade_quick_avx2(void)
{
    return NULL;
}

#endif
