/*
 * tradequick_avx2.c: the quick reader with AVX2: where no digits stand among the first 64 bytes is one mask, and its first five bits must be
 * the five commas. Built for every x86-64; clr_trade_quick_avx2() asks the processor before anything here runs.
 */
#include "tradeparts.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define WITH_AVX2 __attribute__((target("avx2")))

WITH_AVX2 CLR_INLINE uint64_t mask_of(__m256i low, __m256i high)
{
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

/* All bits set where the byte is '0' to '9': its distance to '0', unsigned, is at most 9. */
WITH_AVX2 CLR_INLINE __m256i digits_of(__m256i text)
{
    const __m256i distance = _mm256_sub_epi8(text, _mm256_set1_epi8('0'));

    return _mm256_cmpeq_epi8(_mm256_min_epu8(distance, _mm256_set1_epi8(9)), distance);
}

WITH_AVX2 CLR_INLINE bool find(const uint8_t *record, struct clr_trade_commas *commas)
{
    const __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)record);
    const __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(record + 32));
    const __m256i comma = _mm256_set1_epi8(',');
    const uint64_t others = ~mask_of(digits_of(low), digits_of(high));
    const uint64_t wrong = others & ~mask_of(_mm256_cmpeq_epi8(low, comma), _mm256_cmpeq_epi8(high, comma));
    uint32_t *const at = commas->at;
    uint64_t left = others;

    for (unsigned i = 0; i < 4; i++, left &= left - 1) at[i] = (uint32_t)(left == 0 ? 64 : __builtin_ctzll(left));
    if (left == 0) return false;
    at[4] = (uint32_t)__builtin_ctzll(left);
    if ((wrong & (left ^ (left - 1))) != 0) return false;
    return (at[0] - CLR_TRADE_CARD_MIN <= CLR_TRADE_CARD_MAX - CLR_TRADE_CARD_MIN) & (at[1] - at[0] - 2 < CLR_TRADE_TERMINAL_MAX) &
           (at[2] - at[1] - 2 < CLR_TRADE_SERIAL_MAX) & (at[3] - at[2] - 2 < CLR_TRADE_COUNTER_MAX) &
           (at[4] - at[3] - 2 < CLR_TRADE_AMOUNT_MAX);
}

WITH_AVX2 static size_t read_records(struct clr_bytes block, size_t *at, struct clr_reader *reader, struct clr_raw *out, size_t max)
{
    return clr_trade_run(block, at, reader, out, max, find);
}

clr_trade_quick *clr_trade_quick_avx2(void)
{
    return __builtin_cpu_supports("avx2") ? read_records : NULL;
}

#else

clr_trade_quick *clr_trade_quick_avx2(void)
{
    return NULL;
}

#endif
