/*
 * gen_random.h: our own pseudo-random numbers, so that a seed means the same bytes on every machine and for ever.
 *
 * xoshiro256** started by splitmix64 (both in the public domain by their authors, Blackman and Vigna); integers only.
 *
 * Threads   a generator belongs to one thread.
 */
#ifndef CLEAR_GEN_RANDOM_H
#define CLEAR_GEN_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct gen_random {
    uint64_t s[4];
};

static inline uint64_t gen_mix(uint64_t value)
{
    value += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

static inline void gen_random_seed(struct gen_random *random, uint64_t seed, uint64_t stream)
{
    uint64_t state = gen_mix(seed) ^ gen_mix(~stream);

    for (unsigned i = 0; i < 4; i++) {
        random->s[i] = gen_mix(state);
        state += UINT64_C(0x9e3779b97f4a7c15);
    }
}

static inline uint64_t gen_random_next(struct gen_random *random)
{
    uint64_t *s = random->s;
    const uint64_t five = s[1] * 5;
    const uint64_t result = (five << 7 | five >> 57) * 9;
    const uint64_t shifted = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = s[3] << 45 | s[3] >> 19;
    return result;
}

/** 0 .. bound − 1; 0 for bound 0. */
static inline uint64_t gen_random_below(struct gen_random *random, uint64_t bound)
{
    return (uint64_t)((unsigned __int128)gen_random_next(random) * bound >> 64);
}

/** low .. high, both inclusive. */
static inline int64_t gen_random_between(struct gen_random *random, int64_t low, int64_t high)
{
    return low + (int64_t)gen_random_below(random, (uint64_t)(high - low) + 1);
}

/** True `ppm` times in a million. */
static inline bool gen_random_chance(struct gen_random *random, uint32_t ppm)
{
    return gen_random_below(random, 1000000) < ppm;
}

#endif
