#include "store/env_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* LMDB 0.9 on 64 bits: a page header, then the meta page. */
#define PAGE_HEADER 16
#define META_MAGIC UINT32_C(0xBEEFC0DE)
#define NO_PAGE UINT64_MAX
#define PAGE_SIZE_MIN 512
#define PAGE_SIZE_MAX 65536

struct tree {                            /* MDB_db */
    uint32_t page_size;                  /* only the first tree of a meta page has it here */
    uint16_t flags, depth;
    uint64_t branch_pages, leaf_pages, overflow_pages, entries, root;
};

struct meta {                            /* MDB_meta */
    uint32_t magic, version;
    uint64_t address, map_size;
    struct tree tree[2];                 /* free pages, tables */
    uint64_t last_page, transaction;
};
_Static_assert(sizeof(struct meta) == 136, "the layout of LMDB's meta page");

static enum clr_status damaged(const char *path, const char *en, const char *zh, struct clr_fault *fault)
{
    clr_fault_say(fault, CLR_DAMAGED, "the store's data file%s%.0s; restore a backup", "存储的数据文件%.0s%s；请恢复备份", en, zh);
    clr_fault_at(fault, path, 0, NULL);
    return CLR_DAMAGED;
}

static bool read_meta(int fd, uint64_t page_start, struct meta *meta)
{
    return pread(fd, meta, sizeof *meta, (off_t)(page_start + PAGE_HEADER)) == (ssize_t)sizeof *meta;
}

/** The roots of the newer meta page are read first of all; the older one may be half written after a power cut. */
static bool roots_inside(const struct meta meta[2], uint64_t pages)
{
    const struct meta *newer = &meta[meta[1].transaction > meta[0].transaction];
    for (unsigned i = 0; i < 2; i++) {
        if (newer->tree[i].root != NO_PAGE && newer->tree[i].root >= pages) return false;
    }
    return true;
}

static enum clr_status check_open_file(int fd, const char *path, struct clr_fault *fault)
{
    struct meta meta[2];
    struct stat info;

    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return damaged(path, " is not a file", "不是普通文件", fault);
    if (info.st_size == 0) return damaged(path, " is empty", "为空", fault);
    if (!read_meta(fd, 0, &meta[0])) return damaged(path, " is cut off", "被截断", fault);
    const uint64_t page_size = meta[0].tree[0].page_size;
    if (meta[0].magic != META_MAGIC) return damaged(path, " is not one of LMDB", "不是LMDB文件", fault);
    if (page_size < PAGE_SIZE_MIN || page_size > PAGE_SIZE_MAX || (page_size & (page_size - 1)) != 0)
        return damaged(path, " has an impossible page size", "的页大小不可能", fault);
    if (!read_meta(fd, page_size, &meta[1])) return damaged(path, " is cut off", "被截断", fault);
    if (meta[1].tree[0].page_size != page_size) return damaged(path, " has two page sizes", "有两种页大小", fault);
    if (!roots_inside(meta, (uint64_t)info.st_size / page_size)) return damaged(path, " is cut off", "被截断", fault);
    return CLR_OK;
}

enum clr_status clr_env_file_check(const char *store_path, struct clr_fault *fault)
{
    char path[600];
    snprintf(path, sizeof path, "%s/data.mdb", store_path);
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return damaged(path, " is gone (if `clear init` was cut off here, run it again)",
                       "不存在（若 `clear init` 在此中断，请重新运行）", fault);
    if (fd < 0) {
        clr_fault_say(fault, CLR_USAGE, "cannot read the store's data file: %s", "无法读取存储的数据文件：%s", strerror(errno));
        clr_fault_at(fault, path, 0, NULL);
        return CLR_USAGE;
    }
    const enum clr_status status = check_open_file(fd, path, fault);
    close(fd);
    return status;
}
