// Owns the precompiled header of the build; defines nothing.
