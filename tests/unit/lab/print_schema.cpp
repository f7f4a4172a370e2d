// Writes the schema of the drivers that these tests know, for the judge in tests/labs.
#include "fake_drivers.hpp"

#include <iostream>

int main() {
    std::cout << otto::lab_schema(*otto::test::fake_registry());
}
