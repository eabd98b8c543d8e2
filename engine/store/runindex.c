#include "store/runindex.h"

#define HEAD_SIZE 8
#define ROWS_PER_BUCKET 8

static unsigned bucket_bits_for(size_t rows)
{
    unsigned bits = 0;
    while (bits < 32 && (rows >> bits) > ROWS_PER_BUCKET) bits++;
    return bits;
}

static unsigned entry_size_for(size_t rows) { return rows > UINT16_MAX ? 4 : 2; }

size_t clr_runindex_size(size_t rows)
{
    return HEAD_SIZE + entry_size_for(rows) * (((size_t)1 << bucket_bits_for(rows)) + 1) + 2 * rows;
}

static uint32_t bucket_of(uint64_t key_hash, unsigned bits) { return bits == 0 ? 0 : (uint32_t)(key_hash >> (64 - bits)); }
static uint16_t fingerprint_of(uint64_t key_hash, unsigned bits) { return (uint16_t)((key_hash << bits) >> 48); }

static void put_entry(uint8_t *directory, size_t index, uint32_t row, unsigned size)
{
    if (size == 4) memcpy(directory + 4 * index, &row, 4);
    else {
        const uint16_t row16 = (uint16_t)row;
        memcpy(directory + 2 * index, &row16, 2);
    }
}

static inline uint32_t get_entry(const uint8_t *directory, size_t index, unsigned size)
{
    uint32_t row;
    uint16_t row16;
    if (size == 4) {                                       /* sizes that the compiler knows: a load, not a call */
        memcpy(&row, directory + 4 * index, sizeof row);
        return row;
    }
    memcpy(&row16, directory + 2 * index, sizeof row16);
    return row16;
}

void clr_runindex_build(const uint64_t *key_hashes, size_t rows, uint8_t *out)
{
    const unsigned bits = bucket_bits_for(rows), entry = entry_size_for(rows);
    const uint32_t rows32 = (uint32_t)rows;
    uint8_t *const directory = out + HEAD_SIZE, *const fingerprints = directory + entry * (((size_t)1 << bits) + 1);

    memset(out, 0, HEAD_SIZE);
    memcpy(out, &rows32, 4);
    out[4] = (uint8_t)bits;
    out[5] = (uint8_t)entry;
    size_t row = 0;
    for (size_t bucket = 0; bucket < (size_t)1 << bits; bucket++) {
        put_entry(directory, bucket, (uint32_t)row, entry);
        for (; row < rows && bucket_of(key_hashes[row], bits) == bucket; row++) {
            const uint16_t fingerprint = fingerprint_of(key_hashes[row], bits);
            memcpy(fingerprints + 2 * row, &fingerprint, 2);
        }
    }
    put_entry(directory, (size_t)1 << bits, (uint32_t)rows, entry);
}

enum clr_status clr_runindex_open(struct clr_bytes value, struct clr_runindex *out)
{
    if (value.size < HEAD_SIZE) return CLR_DAMAGED;
    memcpy(&out->rows, value.data, 4);
    out->bucket_bits = value.data[4];
    out->entry_size = value.data[5];
    if (out->bucket_bits != bucket_bits_for(out->rows) || out->entry_size != entry_size_for(out->rows)) return CLR_DAMAGED;
    if (value.size != clr_runindex_size(out->rows)) return CLR_DAMAGED;
    out->directory = value.data + HEAD_SIZE;
    out->fingerprints = out->directory + out->entry_size * (((size_t)1 << out->bucket_bits) + 1);
    return CLR_OK;
}

bool clr_runindex_find(const struct clr_runindex *index, uint64_t key_hash, uint32_t *first, uint32_t *end)
{
    const uint32_t bucket = bucket_of(key_hash, index->bucket_bits);
    uint32_t row = get_entry(index->directory, bucket, index->entry_size);
    const uint32_t bucket_end = get_entry(index->directory, (size_t)bucket + 1, index->entry_size);
    const uint16_t wanted = fingerprint_of(key_hash, index->bucket_bits);
    uint16_t seen = 0;

    for (; row < bucket_end && row < index->rows; row++) {
        memcpy(&seen, index->fingerprints + 2 * (size_t)row, 2);
        if (seen >= wanted) break;
    }
    *first = row;
    while (row < bucket_end && row < index->rows) {
        memcpy(&seen, index->fingerprints + 2 * (size_t)row, 2);
        if (seen != wanted) break;
        row++;
    }
    *end = row;
    return *end > *first;
}

/* ---- many at once ---- */

/* Eight fingerprints side by side: gcc and clang make one instruction of an operation on them. */
typedef uint16_t lanes __attribute__((vector_size(16)));
typedef uint64_t halves __attribute__((vector_size(16)));

#define AHEAD 8                          /* a miss takes as long as a few probes */

/** Is the fingerprint among rows [row, end)? Sixteen at a time, where as many can be read. */
static inline bool is_among(const struct clr_runindex *index, uint32_t row, uint32_t end, uint16_t wanted)
{
    static const lanes first = { 0, 1, 2, 3, 4, 5, 6, 7 };
    for (; row + 16 <= index->rows && row < end; row += 16) {
        const uint16_t left = (uint16_t)(end - row < 16 ? end - row : 16);
        lanes low, high;
        memcpy(&low, index->fingerprints + 2 * (size_t)row, sizeof low);
        memcpy(&high, index->fingerprints + 2 * (size_t)row + sizeof low, sizeof high);
        const halves equal = (halves)((low == wanted) & (first < left)) | (halves)((high == wanted) & (first + 8 < left));
        if ((equal[0] | equal[1]) != 0) return true;
    }
    for (; row < end; row++) {
        uint16_t seen;
        memcpy(&seen, index->fingerprints + 2 * (size_t)row, sizeof seen);
        if (seen == wanted) return true;
    }
    return false;
}

void clr_runindex_nominate(const struct clr_runindex *index, const uint64_t *key_hash, const uint32_t *at, size_t count, uint8_t *hit)
{
    const unsigned bits = index->bucket_bits, entry = index->entry_size;
    for (size_t i = 0; i < count; i++) {
        if (i + 2 * AHEAD < count) __builtin_prefetch(index->directory + (size_t)entry * bucket_of(key_hash[i + 2 * AHEAD], bits));
        if (i + AHEAD < count)
            __builtin_prefetch(index->fingerprints + 2 * (size_t)get_entry(index->directory, bucket_of(key_hash[i + AHEAD], bits), entry));
        const uint32_t bucket = bucket_of(key_hash[i], bits);
        const uint32_t row = get_entry(index->directory, bucket, entry), end = get_entry(index->directory, (size_t)bucket + 1, entry);
        if (is_among(index, row, end < index->rows ? end : index->rows, fingerprint_of(key_hash[i], bits))) hit[at[i]] = 1;
    }
}
