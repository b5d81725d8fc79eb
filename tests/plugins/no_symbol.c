/** A shared object that exports something else. */
#include "testkit.h"

extern ANJU_API const int anju_plugin_v2;
const int anju_plugin_v2 = 2;
