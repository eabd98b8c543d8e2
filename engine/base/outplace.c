#include "base/outplace.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool has(const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct stat info;
    const int size = snprintf(path, sizeof path, "%s/%s", folder, name);
    return size > 0 && (size_t)size < sizeof path && lstat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/** The folder is that of a store, or its archive. */
static bool in_store(const char *folder)
{
    char above[PATH_MAX];
    const size_t size = strlen(folder);
    if (has(folder, "data.mdb") && has(folder, "lock")) return true;
    const bool archive = size >= 7 && strcmp(folder + size - 7, "archive") == 0;
    const int made = snprintf(above, sizeof above, "%s/..", folder);
    return archive && made > 0 && (size_t)made < sizeof above && has(above, "data.mdb") && has(above, "lock");
}

static void parent_of(const char *path, char parent[PATH_MAX])
{
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/') end--;
    while (end > 0 && path[end - 1] != '/') end--;
    while (end > 1 && path[end - 1] == '/') end--;
    if (end == 0) snprintf(parent, PATH_MAX, ".");
    else snprintf(parent, PATH_MAX, "%.*s", (int)(end < PATH_MAX ? end : PATH_MAX - 1), path);
}

static enum clr_status refuse(const char *path, const char *en, const char *zh, struct clr_fault *fault)
{
    clr_fault_say(fault, CLR_USAGE, "%s%.0s", "%.0s%s", en, zh);
    clr_fault_at(fault, path, 0, NULL);
    return CLR_USAGE;
}

static enum clr_status refuse_store(const char *path, struct clr_fault *fault)
{
    return refuse(path, "an output must not lie in a store's folder: it could replace the store; choose another place",
                  "输出不能放在账库目录内，以免覆盖账库；请换一个位置", fault);
}

enum clr_status clr_outplace_file(const char *path, struct clr_fault *fault)
{
    char parent[PATH_MAX];
    struct stat info;
    if (lstat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return refuse(path, "a folder, device or link has this name, and an output would replace it; choose another name",
                      "此名称已属于目录、设备或链接，输出会将其覆盖；请换一个名称", fault);
    parent_of(path, parent);
    return in_store(parent) ? refuse_store(path, fault) : CLR_OK;
}

enum clr_status clr_outplace_folder(const char *path, struct clr_fault *fault)
{
    char parent[PATH_MAX];
    parent_of(path, parent);
    return in_store(path) || in_store(parent) ? refuse_store(path, fault) : CLR_OK;
}
