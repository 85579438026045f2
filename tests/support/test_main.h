// SPDX-License-Identifier: GPL-3.0-or-later
// main() of a test without a window: the validation layer is on, and any message of it fails the test.
#pragma once

#include "engine/gpu/device.h"

#include <QtTest/QtTest>

namespace orrery::test {

/// One instance and device for the whole executable (making them costs more than most tests).
inline gpu::Device& device() {
    static gpu::Instance instance;
    static gpu::Device device(instance, {.pipelineCacheFile = "-"});
    return device;
}

/// Fails too when the layer is missing: a silent suite must mean that it looked.
inline int reportValidation(int result) {
    if (!gpu::validationActive()) {
        qWarning(
            "the validation layer is not active; install vulkan-validationlayers (a test without a device: use "
            "QTEST_GUILESS_MAIN)");
        return 1;
    }
    for (const std::string& message : gpu::validationMessages()) qWarning("validation: %s", message.c_str());
    return gpu::validationMessages().empty() ? result : 1;
}

template <class Test>
int run(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("ORRERY_VALIDATION")) qputenv("ORRERY_VALIDATION", "sync");
    QCoreApplication application(argc, argv);
    Test test;
    return reportValidation(QTest::qExec(&test, argc, argv));
}

} // namespace orrery::test

#define ORRERY_TEST_MAIN(Test) \
    int main(int argc, char** argv) { return orrery::test::run<Test>(argc, argv); }
