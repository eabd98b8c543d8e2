/*
 * bitslice_kernel.h: the bitsliced cipher, generic over its word. Include it once, with `des_vec` a type of 64-bit elements that has the operators
 * & | ^ ~ << >>: uint64_t or a vector of them. Lane i is bit i / W of element i % W, where W is the number of elements in a word.
 *
 * A block is an array of 64 words in the order after the initial permutation: 0..31 the left half, 32..63 the right. Between two encryptions the
 * final and the next initial permutation cancel, also across the XOR of CBC, so that a chain never leaves this order. A cipher leaves its halves
 * where they were and exchanges their names: after an odd number of them, bit i of the block stands in word i ^ 32.
 *
 * A key is an array of 112 words: C twice, then D twice. What a round uses is then at fixed places from a start that moves with the round.
 */
#include "tac/bitslice.h"
#include "tac/des_tables.h"

#define DES_VEC des_vec
#define DES_AND(a, b) ((a) & (b))
#define DES_OR(a, b) ((a) | (b))
#define DES_XOR(a, b) ((a) ^ (b))
#define DES_ANDN(a, b) ((a) & ~(b))
#define DES_NOT(a) (~(a))
#include "tac/des_sbox.h"

#define DES_KEY_WORDS 112

struct des_space {
    des_vec issuer[2][DES_KEY_WORDS];
    des_vec card[2][DES_KEY_WORDS];
    des_vec factor[64];
    des_vec data[CLR_BITSLICE_BLOCKS][64];
    des_vec state[64];
    des_vec columns[64];
    des_vec folded[64];
};

enum { DES_WORD_ELEMENTS = sizeof(des_vec) / sizeof(uint64_t) };

/* In: 64 rows of 64 bits, for each element by itself. Out: bit i of row j is bit j of what was row i. */
static void transpose(des_vec rows[64])
{
    uint64_t mask = UINT64_C(0x00000000FFFFFFFF);

    for (unsigned half = 32; half != 0; half >>= 1, mask ^= mask << half) {
        for (unsigned i = 0; i < 64; i = (i + half + 1) & ~half) {
            const des_vec exchanged = ((rows[i] >> half) ^ rows[i + half]) & mask;
            rows[i + half] ^= exchanged;
            rows[i] ^= exchanged << half;
        }
    }
}

/* One number a lane becomes 64 words: columns[64 - p] holds bit p, as FIPS 46-3 counts. */
static void load_columns(des_vec columns[64], const uint64_t *lanes)
{
    __builtin_memcpy(columns, lanes, 64 * sizeof *columns);
    transpose(columns);
}

static void load_block(des_vec block[64], des_vec columns[64], const uint64_t *lanes)
{
    load_columns(columns, lanes);
    for (int i = 0; i < 64; i++) block[i] = columns[64 - clr_des_ip[i]];
}

/* `bits[64 - p]` is bit p of the 64-bit key; parity bits are not looked at. */
static void wire_key(des_vec key[DES_KEY_WORDS], const des_vec bits[64])
{
    for (int i = 0; i < 28; i++) {
        key[i] = key[i + 28] = bits[64 - clr_des_pc1[i]];
        key[i + 56] = key[i + 84] = bits[64 - clr_des_pc1[i + 28]];
    }
}

static void load_key(des_vec key[DES_KEY_WORDS], des_vec columns[64], const uint64_t *lanes, bool one_key)
{
    if (one_key) {
        for (int i = 0; i < 64; i++) columns[i] = (des_vec){ 0 } - (lanes[0] >> i & 1);
    } else {
        load_columns(columns, lanes);
    }
    wire_key(key, columns);
}

/* What the cipher gave, back in the order of bits as bytes have them. */
static void final_permutation(des_vec columns[64], const des_vec state[64])
{
    for (int p = 1; p <= 64; p++) columns[64 - p] = state[(clr_des_fp[p - 1] - 1) ^ 32];
}

#define DES_R(box, i) right[(4 * (box) + 31 + (i)) % 32]
#define DES_K(box, i) key[clr_des_pc2[6 * (box) + (i)] + (clr_des_pc2[6 * (box) + (i)] <= 28 ? -1 : 27)]
#define DES_TO(box, i) left[clr_des_p_inverse[4 * (box) + (i)] - 1]
#define DES_BOX(box, circuit)                                                                                               \
    do {                                                                                                                    \
        const des_vec in1 = DES_R(box, 0) ^ DES_K(box, 0), in2 = DES_R(box, 1) ^ DES_K(box, 1);                             \
        const des_vec in3 = DES_R(box, 2) ^ DES_K(box, 2), in4 = DES_R(box, 3) ^ DES_K(box, 3);                             \
        const des_vec in5 = DES_R(box, 4) ^ DES_K(box, 4), in6 = DES_R(box, 5) ^ DES_K(box, 5);                             \
        des_vec out1, out2, out3, out4;                                                                                     \
        circuit(in1, in2, in3, in4, in5, in6, out1, out2, out3, out4);                                                      \
        DES_TO(box, 0) ^= out1;                                                                                             \
        DES_TO(box, 1) ^= out2;                                                                                             \
        DES_TO(box, 2) ^= out3;                                                                                             \
        DES_TO(box, 3) ^= out4;                                                                                             \
    } while (0)

/* left ^= f(right) */
static inline __attribute__((always_inline)) void des_round(des_vec *restrict left, const des_vec *restrict right, const des_vec *restrict key)
{
    DES_BOX(0, DES_SBOX_1);
    DES_BOX(1, DES_SBOX_2);
    DES_BOX(2, DES_SBOX_3);
    DES_BOX(3, DES_SBOX_4);
    DES_BOX(4, DES_SBOX_5);
    DES_BOX(5, DES_SBOX_6);
    DES_BOX(6, DES_SBOX_7);
    DES_BOX(7, DES_SBOX_8);
}

/* Sixteen rounds; the caller exchanges left and right for whatever comes next. Not inlined: it is 7 KiB of code, called from five places. */
static __attribute__((noinline)) void des_encrypt(des_vec *left, des_vec *right, const des_vec *key)
{
    for (int i = 0; i < 16; i += 2) {
        des_round(left, right, key + clr_des_turned[i]);
        des_round(right, left, key + clr_des_turned[i + 1]);
    }
}

static __attribute__((noinline)) void des_decrypt(des_vec *left, des_vec *right, const des_vec *key)
{
    for (int i = 15; i > 0; i -= 2) {
        des_round(left, right, key + clr_des_turned[i]);
        des_round(right, left, key + clr_des_turned[i - 1]);
    }
}

static void triple_des(des_vec state[64], des_vec key[2][DES_KEY_WORDS])
{
    des_encrypt(state, state + 32, key[0]);
    des_decrypt(state + 32, state, key[1]);
    des_encrypt(state, state + 32, key[0]);
}

/* Card keys of all lanes: 3DES(issuer key, factor) || 3DES(issuer key, ~factor), or with `fold` only the XOR of the two, in card[0]. */
static void derive_card_keys(struct clr_bitslice_group *group, struct des_space *space)
{
    load_key(space->issuer[0], space->columns, group->left, group->one_key);
    load_key(space->issuer[1], space->columns, group->right, group->one_key);
    load_block(space->factor, space->columns, group->factor);

    for (int i = 0; i < 64; i++) space->state[i] = space->factor[i];
    triple_des(space->state, space->issuer);
    for (int i = 0; i < 64; i++) space->folded[i] = space->state[i];
    if (!group->fold) {
        final_permutation(space->columns, space->state);
        wire_key(space->card[0], space->columns);
    }
    for (int i = 0; i < 64; i++) space->state[i] = ~space->factor[i];
    triple_des(space->state, space->issuer);
    if (group->fold) {
        for (int i = 0; i < 64; i++) space->state[i] ^= space->folded[i];
    }
    final_permutation(space->columns, space->state);
    wire_key(space->card[group->fold ? 0 : 1], space->columns);
}

static void take_card_keys(struct clr_bitslice_group *group, struct des_space *space)
{
    if (group->fold) {
        for (size_t i = 0; i < 64 * DES_WORD_ELEMENTS; i++) group->left[i] ^= group->right[i];
    } else {
        load_key(space->card[1], space->columns, group->right, group->one_key);
    }
    load_key(space->card[0], space->columns, group->left, group->one_key);
}

static void chain_blocks(struct clr_bitslice_group *group, struct des_space *space)
{
    des_vec *const state = space->state;

    for (int block = 0; block < CLR_BITSLICE_BLOCKS; block++) load_block(space->data[block], space->columns, group->data[block]);
    for (int i = 0; i < 64; i++) state[i] = space->data[0][i];
    des_encrypt(state, state + 32, space->card[0]);
    for (int i = 0; i < 64; i++) state[i ^ 32] ^= space->data[1][i];
    des_encrypt(state + 32, state, space->card[0]);
    for (int i = 0; i < 64; i++) state[i] ^= space->data[2][i];
    des_encrypt(state, state + 32, space->card[0]);
    if (!group->fold) {
        des_decrypt(state + 32, state, space->card[1]);
        des_encrypt(state, state + 32, space->card[0]);
    }
}

static void run_group(struct clr_bitslice_group *group, void *memory)
{
    struct des_space *space = memory;

    if (group->diversify) derive_card_keys(group, space);
    else take_card_keys(group, space);
    chain_blocks(group, space);
    final_permutation(space->columns, space->state);
    transpose(space->columns);
    __builtin_memcpy(group->mac, space->columns, sizeof space->columns);
}

#define DES_KERNEL { 64 * DES_WORD_ELEMENTS, sizeof(struct des_space), run_group }
