/** The built-in templates. Internal to core/wording. */
#ifndef CORE_WORDING_BUILTIN_H
#define CORE_WORDING_BUILTIN_H

#include "wording/wording.h"

/** By part and language. */
extern const char *const wording_builtin[WORDING_PARTS][2];

#endif
