/* archive_format.c: see archive_format.h. */
#include "store/archive_format.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/unpack.h"

static const uint8_t magic[8] = { 'C', 'L', 'R', 'A', 'R', 'C', 'H', '1' };

_Static_assert(CLR_ARCHIVE_SEAL_SIZE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "a seal is a nonce and a tag");
_Static_assert(sizeof ((struct clr_archive_keys *)0)->seal == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "size of an AEAD key");

static void put_le(uint8_t *to, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++) to[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get_le(const uint8_t *from, unsigned size)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < size; i++) value |= (uint64_t)from[i] << (8 * i);
    return value;
}

/* ---- header and index entries ---- */

void clr_archive_header_put(const struct clr_archive_header *header, uint8_t bytes[CLR_ARCHIVE_HEADER_SIZE])
{
    memset(bytes, 0, CLR_ARCHIVE_HEADER_SIZE);
    memcpy(bytes, magic, sizeof magic);
    put_le(bytes + 8, header->received_size, 8);
    put_le(bytes + 16, header->content_size, 8);
    put_le(bytes + 24, CLR_ARCHIVE_FRAME_SIZE, 4);
    put_le(bytes + 28, header->packing, 4);
    memcpy(bytes + 32, header->received, CLR_DIGEST_SIZE);
    memcpy(bytes + 64, header->content, CLR_DIGEST_SIZE);
    put_le(bytes + 96, header->index_offset, 8);
    put_le(bytes + 104, header->frame_count, 8);
    put_le(bytes + 112, header->reference, 4);
}

/* The sizes add up: nothing hostile in the header makes us take memory that the file does not account for. */
static bool header_fits(const struct clr_archive_header *header, uint64_t file_size)
{
    if (header->received_size > CLR_UNPACKED_MAX || header->content_size > CLR_UNPACKED_MAX) return false;
    if (header->index_offset < CLR_ARCHIVE_HEADER_SIZE || header->index_offset > file_size) return false;
    const uint64_t tail_size = file_size - header->index_offset;
    if (header->reference) {
        return header->frame_count == 0 && header->index_offset == CLR_ARCHIVE_HEADER_SIZE && tail_size > CLR_ARCHIVE_SEAL_SIZE &&
               tail_size <= CLR_ARCHIVE_SEAL_SIZE + 65536;
    }
    const uint64_t frame_count = (header->received_size + CLR_ARCHIVE_FRAME_SIZE - 1) / CLR_ARCHIVE_FRAME_SIZE;
    return header->frame_count == frame_count && tail_size == CLR_ARCHIVE_SEAL_SIZE + frame_count * CLR_ARCHIVE_ENTRY_SIZE;
}

bool clr_archive_header_get(const uint8_t bytes[CLR_ARCHIVE_HEADER_SIZE], uint64_t file_size, struct clr_archive_header *out)
{
    const uint64_t packing = get_le(bytes + 28, 4), mode = get_le(bytes + 112, 4);

    if (memcmp(bytes, magic, sizeof magic) != 0 || get_le(bytes + 24, 4) != CLR_ARCHIVE_FRAME_SIZE) return false;
    if (packing >= CLR_PACKING_COUNT || mode > 1) return false;
    *out = (struct clr_archive_header){
        .received_size = get_le(bytes + 8, 8), .content_size = get_le(bytes + 16, 8), .packing = (enum clr_packing)packing,
        .reference = mode == 1, .index_offset = get_le(bytes + 96, 8), .frame_count = get_le(bytes + 104, 8),
    };
    memcpy(out->received, bytes + 32, CLR_DIGEST_SIZE);
    memcpy(out->content, bytes + 64, CLR_DIGEST_SIZE);
    return header_fits(out, file_size);
}

void clr_archive_entry_put(const struct clr_archive_entry *entry, uint8_t bytes[CLR_ARCHIVE_ENTRY_SIZE])
{
    put_le(bytes, entry->offset, 8);
    put_le(bytes + 8, entry->size, 4);
    put_le(bytes + 12, entry->flags, 4);
}

struct clr_archive_entry clr_archive_entry_get(const uint8_t bytes[CLR_ARCHIVE_ENTRY_SIZE])
{
    return (struct clr_archive_entry){ .offset = get_le(bytes, 8), .size = (uint32_t)get_le(bytes + 8, 4), .flags = (uint32_t)get_le(bytes + 12, 4) };
}

size_t clr_archive_frame_size(uint64_t received_size, uint64_t frame)
{
    const uint64_t left = received_size - frame * CLR_ARCHIVE_FRAME_SIZE;

    return left < CLR_ARCHIVE_FRAME_SIZE ? (size_t)left : CLR_ARCHIVE_FRAME_SIZE;
}

/* ---- keys and seals ---- */

static void derive(const uint8_t key[CLR_STORE_KEY_SIZE], const char *label, const uint8_t received[CLR_DIGEST_SIZE], uint8_t out[32])
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, key, CLR_STORE_KEY_SIZE, 32);
    crypto_generichash_update(&state, (const uint8_t *)label, strlen(label));
    crypto_generichash_update(&state, received, CLR_DIGEST_SIZE);
    crypto_generichash_final(&state, out, 32);
    sodium_memzero(&state, sizeof state);
}

enum clr_status clr_archive_keys_derive(const uint8_t key[CLR_STORE_KEY_SIZE], const uint8_t received[CLR_DIGEST_SIZE],
                                        struct clr_archive_keys *out, struct clr_fault *fault)
{
    if (sodium_init() < 0) {
        return clr_fault_say(fault, CLR_KEY, "libsodium cannot be set up; the archive cannot be sealed or opened", "libsodium 无法初始化；无法加密或读取存档");
    }
    derive(key, "clear archive seal 1", received, out->seal);
    derive(key, "clear archive nonce 1", received, out->nonce);
    return CLR_OK;
}

void clr_archive_keys_wipe(struct clr_archive_keys *keys)
{
    sodium_memzero(keys, sizeof *keys);
}

/* A nonce from the text itself: it repeats only when everything repeats, and then the sealed bytes are the same as well. */
static void nonce_of(const struct clr_archive_keys *keys, struct clr_bytes about, struct clr_bytes plain, uint8_t nonce[24])
{
    crypto_generichash_state state;
    uint8_t about_size[8];

    put_le(about_size, about.size, sizeof about_size);
    crypto_generichash_init(&state, keys->nonce, sizeof keys->nonce, 24);
    crypto_generichash_update(&state, about_size, sizeof about_size);
    crypto_generichash_update(&state, about.data, about.size);
    crypto_generichash_update(&state, plain.data, plain.size);
    crypto_generichash_final(&state, nonce, 24);
    sodium_memzero(&state, sizeof state);
}

void clr_archive_seal(const struct clr_archive_keys *keys, struct clr_bytes about, struct clr_bytes plain, uint8_t *sealed)
{
    nonce_of(keys, about, plain, sealed);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + 24, NULL, plain.data, plain.size, about.data, about.size, NULL, sealed, keys->seal);
}

bool clr_archive_unseal(const struct clr_archive_keys *keys, struct clr_bytes about, struct clr_bytes sealed, uint8_t *plain)
{
    if (sealed.size < CLR_ARCHIVE_SEAL_SIZE) return false;
    return crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, sealed.data + 24, sealed.size - 24, about.data, about.size, sealed.data,
                                                      keys->seal) == 0;
}

struct clr_bytes clr_archive_about_frame(const uint8_t received[CLR_DIGEST_SIZE], uint64_t frame, uint32_t flags, uint8_t about[CLR_ARCHIVE_ABOUT_SIZE])
{
    memcpy(about, received, CLR_DIGEST_SIZE);
    put_le(about + CLR_DIGEST_SIZE, frame, 8);
    put_le(about + CLR_DIGEST_SIZE + 8, flags, 4);
    return clr_bytes_of(about, CLR_ARCHIVE_ABOUT_SIZE);
}

char *clr_archive_path(const char *directory, const uint8_t received[CLR_DIGEST_SIZE], const char *suffix)
{
    char hex[2 * CLR_DIGEST_SIZE + 1];
    char *path = NULL;

    sodium_bin2hex(hex, sizeof hex, received, CLR_DIGEST_SIZE);
    return asprintf(&path, "%s/%s%s", directory, hex, suffix) < 0 ? NULL : path;
}
