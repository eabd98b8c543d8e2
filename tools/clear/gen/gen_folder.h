/*
 * gen_folder.h: the rules folder that goes with generated files: made from built-in tables, or copied.
 *
 * Jiangsu   13 prefectures, each a region with a card company and its operators; one centre; fees of several bases, payers and shares.
 * Shenzhen  metro lines and bus companies, two issuers, one centre: for the open data formats.
 *
 * Threads   pure, but for the files.
 */
#ifndef CLEAR_GEN_FOLDER_H
#define CLEAR_GEN_FOLDER_H

#include "base/status.h"
#include "model/terms.h"

/** Write the built-in folder for a format into `directory`, which exists. @return CLR_OK | CLR_FULL */
CLR_MUST_USE enum clr_status gen_folder_write(const char *directory, enum clr_format format, struct clr_fault *fault);

/** Copy the files of a rules folder. @return CLR_OK | CLR_USAGE (cannot be read; a packed stop list) | CLR_FULL */
CLR_MUST_USE enum clr_status gen_folder_copy(const char *from, const char *to, struct clr_fault *fault);

#endif
