/* gen_file.c: see gen_file.h. */
#include "gen_file.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE (1u << 18)
#define CHUNK_SIZE (1u << 20)

static enum clr_status no_memory(struct clr_fault *fault)
{
    return clr_fault_say(fault, CLR_FULL, "not enough memory to generate", "内存不足，无法生成");
}

static enum clr_status no_disk(const struct gen_file *file, struct clr_fault *fault)
{
    return clr_fault_say(fault, CLR_FULL, "%s cannot be written: %s", "无法写入 %s：%s", file->name, strerror(errno));
}

enum clr_status gen_files_make(const char *inbox, size_t size, struct gen_files *out, struct clr_fault *fault)
{
    *out = (struct gen_files){ .size = size };
    if ((size_t)snprintf(out->inbox, sizeof out->inbox, "%s", inbox) >= sizeof out->inbox)
        return clr_fault_say(fault, CLR_USAGE, "path too long", "路径过长");
    out->file = calloc(size, sizeof *out->file);
    return out->file != NULL ? CLR_OK : no_memory(fault);
}

void gen_files_free(struct gen_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        if (files->file[i].out != NULL) fclose(files->file[i].out);
        free(files->file[i].buffer);
    }
    free(files->file);
    *files = (struct gen_files){ 0 };
}

enum clr_status gen_file_open(struct gen_files *files, struct gen_file *file, const struct gen_world *world, struct clr_fault *fault)
{
    char path[sizeof files->inbox + sizeof file->name + 1], head[GEN_RECORD_SIZE_MAX];

    snprintf(path, sizeof path, "%s/%s", files->inbox, file->name);
    file->buffer = malloc(BUFFER_SIZE);
    if (file->buffer == NULL) return no_memory(fault);
    file->out = fopen(path, "w+b");
    if (file->out == NULL || setvbuf(file->out, file->buffer, _IOFBF, BUFFER_SIZE) != 0) return no_disk(file, fault);
    file->started = true;
    const size_t size = gen_render_head(world, file, 0, head);
    file->bytes = size;
    return fwrite(head, 1, size, file->out) == size ? CLR_OK : no_disk(file, fault);
}

enum clr_status gen_file_append(struct gen_file *file, const char *record, size_t size, struct clr_fault *fault)
{
    file->records++;
    file->bytes += size;
    return fwrite(record, 1, size, file->out) == size ? CLR_OK : no_disk(file, fault);
}

/* ---- the digest ---- */

static bool hash_chunks(FILE *in, EVP_MD_CTX *root, uint8_t *chunk)
{
    uint8_t digest[GEN_DIGEST_SIZE];
    size_t got;

    while ((got = fread(chunk, 1, CHUNK_SIZE, in)) > 0) {
        if (!EVP_Digest(chunk, got, digest, NULL, EVP_sha256(), NULL)) return false;
        if (!EVP_DigestUpdate(root, digest, sizeof digest)) return false;
    }
    return !ferror(in);
}

static bool hash_file(struct gen_file *file)
{
    static const char label[] = "clear-root-v1";
    uint8_t size[8], *chunk = malloc(CHUNK_SIZE);
    EVP_MD_CTX *root = EVP_MD_CTX_new();
    bool good = chunk != NULL && root != NULL && fseek(file->out, 0, SEEK_SET) == 0;

    for (unsigned i = 0; i < 8; i++) size[i] = (uint8_t)(file->bytes >> 8 * i);
    good = good && EVP_DigestInit_ex(root, EVP_sha256(), NULL) && EVP_DigestUpdate(root, label, sizeof label - 1)
        && EVP_DigestUpdate(root, size, sizeof size)
        && hash_chunks(file->out, root, chunk) && EVP_DigestFinal_ex(root, file->digest, NULL);
    EVP_MD_CTX_free(root);
    free(chunk);
    return good;
}

enum clr_status gen_file_close(struct gen_files *files, struct gen_file *file, const struct gen_world *world, struct clr_fault *fault)
{
    char text[GEN_RECORD_SIZE_MAX];
    size_t size;

    (void)files;
    if (!file->started || file->closed) return CLR_OK;
    size = gen_render_tail(world, file, text);
    file->bytes += size;
    if (fwrite(text, 1, size, file->out) != size) return no_disk(file, fault);
    size = gen_render_head(world, file, file->records, text);
    if (fseek(file->out, 0, SEEK_SET) != 0 || fwrite(text, 1, size, file->out) != size || fflush(file->out) != 0) return no_disk(file, fault);
    if (!hash_file(file)) return clr_fault_say(fault, CLR_FULL, "%s cannot be read back", "无法读回 %s", file->name);
    file->closed = true;
    if (fclose(file->out) != 0) {
        file->out = NULL;
        return no_disk(file, fault);
    }
    file->out = NULL;
    free(file->buffer);
    file->buffer = NULL;
    return CLR_OK;
}

/* ---- the order of admission ---- */

struct place {
    size_t index;
    const char *sender, *id;
    const uint8_t *digest;
};

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    int order = strcmp(a->sender, b->sender);

    if (order == 0) order = strcmp(a->id, b->id);
    return order != 0 ? order : memcmp(a->digest, b->digest, GEN_DIGEST_SIZE);
}

enum clr_status gen_files_rank(struct gen_files *files, const struct gen_rules *rules, size_t **order, size_t *count, struct clr_fault *fault)
{
    struct place *places = malloc((files->count + 1) * sizeof *places);

    *count = 0;
    *order = malloc((files->count + 1) * sizeof **order);
    if (places == NULL || *order == NULL) {
        free(places);
        return no_memory(fault);
    }
    for (size_t i = 0; i < files->count; i++) {
        const struct gen_file *file = &files->file[i];
        const char *id = gen_format_is_xf(file->format) ? file->name : "";
        if (file->closed) places[(*count)++] = (struct place){ i, rules->sender[file->sender].name, id, file->digest };
    }
    qsort(places, *count, sizeof *places, compare_places);
    for (size_t i = 0; i < *count; i++) {
        (*order)[i] = places[i].index;
        files->file[places[i].index].rank = (unsigned)i;
    }
    free(places);
    return CLR_OK;
}
