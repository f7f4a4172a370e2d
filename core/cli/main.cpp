#include "application.hpp"

#include <unistd.h>

int main(int argc, char** argv) {
    otto::cli::Console console(STDOUT_FILENO, STDERR_FILENO);
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    return otto::cli::run_application(arguments, console);
}
