// Minimax polynomials and split constants of the elementary functions; written by
// scripts/fit_elementary.py, which says how. Coefficients, that of the lowest power first.
#pragma once

#include <array>
#include <cstdint>

namespace tcc::ir::math {

/// (e^r - 1 - r) / r^2 on |r| <= ln(2) / 2: error -63.99 bits.
inline constexpr std::array<double, 11> exp_tail_f64 = {
    0x1.0000000000000p-1,  0x1.555555555555cp-3,  0x1.555555555555ep-5,  0x1.111111110eb70p-7,
    0x1.6c16c16c13539p-10, 0x1.a01a01b3d5841p-13, 0x1.a01a01b469645p-16, 0x1.71ddef5079a46p-19,
    0x1.27e4bf0ab75ffp-22, 0x1.af6d445b0ae85p-26, 0x1.1f9e26c2f0301p-29,
};
/// (e^r - 1 - r) / r^2 on |r| <= ln(2) / 2: error -34.27 bits.
inline constexpr std::array<double, 6> exp_tail_f32 = {
    0x1.000000434881bp-1, 0x1.55555598843e7p-3,  0x1.55547f90fad17p-5,
    0x1.11107c2dc4c7ap-7, 0x1.6d9736d8a5f13p-10, 0x1.a1b90fe8a8ce4p-13,
};
/// (2 atanh(s) - 2 s) / s^3 in s^2, m = (1 + s) / (1 - s) in [1/sqrt(2), sqrt(2)]: error -59.47
/// bits.
inline constexpr std::array<double, 7> log_tail_f64 = {
    0x1.5555555555593p-1, 0x1.999999997fc1fp-2, 0x1.249249420be06p-2, 0x1.c71c51f064648p-3,
    0x1.746644aa3da0ap-3, 0x1.39a116c355bd0p-3, 0x1.2f0c69193c02dp-3,
};
/// (2 atanh(s) - 2 s) / s^3 in s^2, m = (1 + s) / (1 - s) in [1/sqrt(2), sqrt(2)]: error -30.2
/// bits.
inline constexpr std::array<double, 3> log_tail_f32 = {
    0x1.55557a4017132p-1,
    0x1.995e9cbf11628p-2,
    0x1.31e657af99441p-2,
};
/// (2 atanh(s) - 2 s - 2/3 s^3) / s^5 in s^2: error -59.26 bits.
inline constexpr std::array<double, 7> log_tail5_f64 = {
    0x1.9999999999b31p-2, 0x1.2492492457aa7p-2, 0x1.c71c722db0472p-3, 0x1.745ce9c62b45bp-3,
    0x1.3b1ef1e6537aap-3, 0x1.0f7f5513510e4p-3, 0x1.0e487178a9415p-3,
};
/// (sin r - r) / r^3 in r^2, |r| <= pi/4: error -68.78 bits.
inline constexpr std::array<double, 7> sin_tail_f64 = {
    -0x1.5555555555555p-3,  0x1.111111111110bp-7,  -0x1.a01a01a018ab7p-13, 0x1.71de3a5335b77p-19,
    -0x1.ae6452933d02fp-26, 0x1.61208f643de36p-33, -0x1.aaa394da45e87p-41,
};
/// (sin r - r) / r^3 in r^2, |r| <= pi/4: error -37.56 bits.
inline constexpr std::array<double, 4> sin_tail_f32 = {
    -0x1.5555554caa2ffp-3,
    0x1.1111088a366fap-7,
    -0x1.a00f939a92fc2p-13,
    0x1.6cd5e6306af4ap-19,
};
/// (cos r - 1 + r^2/2) / r^4 in r^2, |r| <= pi/4: error -64.19 bits.
inline constexpr std::array<double, 6> cos_tail_f64 = {
    0x1.555555555554cp-5,   -0x1.6c16c16c15142p-10, 0x1.a01a019cab962p-16,
    -0x1.27e4f80542b3ep-22, 0x1.1ee9e8961162ap-29,  -0x1.8facd23f71dc9p-37,
};
/// (cos r - 1 + r^2/2) / r^4 in r^2, |r| <= pi/4: error -33.26 bits.
inline constexpr std::array<double, 3> cos_tail_f32 = {
    0x1.55554aa587b93p-5,
    -0x1.6c0c8199a3018p-10,
    0x1.99ff35f4a9ea4p-16,
};
/// (atan z - z) / z^3 in z^2, |z| <= sqrt(2) - 1: error -59.47 bits.
inline constexpr std::array<double, 11> atan_tail_f64 = {
    -0x1.555555555553dp-2, 0x1.9999999995869p-3, -0x1.24924922adbb8p-3, 0x1.c71c70e63e88ap-4,
    -0x1.745cf8e187ba7p-4, 0x1.3b1119672faf5p-4, -0x1.10ebba9662549p-4, 0x1.df0f5ba278a9ap-5,
    -0x1.9cd2b366d5db0p-5, 0x1.37d4b09d875bep-5, -0x1.25665be43ebdfp-6,
};
/// (atan z - z) / z^3 in z^2, |z| <= sqrt(2) - 1: error -30.49 bits.
inline constexpr std::array<double, 5> atan_tail_f32 = {
    -0x1.555549540aee4p-2, 0x1.9991a83f580a7p-3,  -0x1.23b64a66b3180p-3,
    0x1.b1faf4ac2bbcap-4,  -0x1.f22e63f778056p-5,
};
/// (asin x - x) / x^3 in x^2, |x| <= 1/2: error -59.82 bits.
inline constexpr std::array<double, 13> asin_tail_f64 = {
    0x1.5555555555578p-3, 0x1.333333332deebp-4, 0x1.6db6db722d01fp-5, 0x1.f1c71a8b19440p-6,
    0x1.6e8bdff3385b5p-6, 0x1.1c49dd37929bdp-6, 0x1.ca215561f7e22p-7, 0x1.75770d6bc860cp-7,
    0x1.618d4e36aed86p-7, 0x1.e1371fafcdaf2p-9, 0x1.650c44bbf30efp-6, -0x1.5a042604fd17ep-6,
    0x1.0be86baaceb27p-5,
};
/// (asin x - x) / x^3 in x^2, |x| <= 1/2: error -31.71 bits.
inline constexpr std::array<double, 6> asin_tail_f32 = {
    0x1.55554c339c729p-3, 0x1.333890629881cp-4, 0x1.6cabec8a936fep-5,
    0x1.04a969e9b4565p-5, 0x1.d7bcbc32e887bp-7, 0x1.33d0dd29468a6p-5,
};
/// erf(x) / x - 1 in x^2, |x| <= 1: error -62.76 bits.
inline constexpr std::array<double, 13> erf_ratio_f64 = {
    0x1.06eba8214db69p-3,  -0x1.812746b0379e6p-2,  0x1.ce2f21a042b32p-4,  -0x1.b82ce31284ea4p-6,
    0x1.565bcd0dbc15dp-8,  -0x1.c02db3db018fbp-11, 0x1.f9a321dc22456p-14, -0x1.f4d1e388847f3p-17,
    0x1.b9df276328e4ap-20, -0x1.5f1ef21b91138p-23, 0x1.f7b6306ec2d0cp-27, -0x1.38a1375425851p-30,
    0x1.0608f5fa982dbp-34,
};
/// erf(x) / x - 1 in x^2, |x| <= 1: error -34.84 bits.
inline constexpr std::array<double, 8> erf_ratio_f32 = {
    0x1.06eba8202f23bp-3, -0x1.81274667b80d8p-2,  0x1.ce2f098ab1826p-4,  -0x1.b829d5488e5f2p-6,
    0x1.562aed28e285fp-8, -0x1.bcd59dde7cb37p-11, 0x1.d8aa44474220bp-14, -0x1.44ac6c1d98276p-17,
};
/// e^(x^2) erfc(x) (x + 2) in 1 / (x + 2) - 1/5, 1/2 <= x <= 28: error -59.84 bits.
inline constexpr std::array<double, 24> scaled_erfc_f64 = {
    0x1.ca3e31c6b4478p-1,   0x1.292708b0654f6p+1,  0x1.031a46abbcac2p+2,   0x1.9eb400e411e76p+1,
    -0x1.b9ca62fba7641p+1,  -0x1.2db0a8115c484p+3, 0x1.47e45ac176b6fp+2,   0x1.bd724dec27a65p+4,
    -0x1.4f4a1b63afe15p+4,  -0x1.672c8f1ed208cp+6, 0x1.0c9bfac504048p+7,   0x1.fff5141338c4bp+7,
    -0x1.9f1478af9e974p+9,  -0x1.8b4f3556590c5p+7, 0x1.0620be17c4877p+12,  -0x1.411854e1a0a3cp+12,
    -0x1.a334c2f45851dp+13, 0x1.862f86ff1fb7ep+15, -0x1.c16359ca66069p+13, -0x1.dc2e4a37c55d5p+17,
    0x1.d687a3bda20f4p+18,  0x1.4cbe17c7b5696p+18, -0x1.114443b6c5ce7p+21, 0x1.0c0db8b26c097p+21,
};
/// e^(x^2) erfc(x) (x + 2) in 1 / (x + 2) - 1/5, 1/2 <= x <= 28: error -31.4 bits.
inline constexpr std::array<double, 12> scaled_erfc_f32 = {
    0x1.ca3e31c81d712p-1,  0x1.292708dceac4bp+1,  0x1.031a451f85934p+2, 0x1.9eb382f2946c6p+1,
    -0x1.b9c5b8e9ca777p+1, -0x1.2d97d881aaf2dp+3, 0x1.4688cdc630e5cp+2, 0x1.b96eb6292bc3ap+4,
    -0x1.372cd5d9a5c59p+4, -0x1.41f043741428dp+6, 0x1.45a51064e7a85p+6, 0x1.e06858e2240d7p+6,
};
/// cbrt(m) on [1, 8]: relative error -10.47 bits.
inline constexpr std::array<double, 6> cbrt_start = {
    0x1.2c99fd61965bdp-1, 0x1.0d64f252fc1b5p-1,  -0x1.13863c34ba8c3p-3,
    0x1.8c3ab90939f89p-6, -0x1.2e8d4304468c6p-9, 0x1.71a0cfda52ca7p-14,
};

// Numbers as sums of f64: NAME_1 + NAME_2 + ..
inline constexpr double ln2_1 = 0x1.62e42fefa39efp-1;
inline constexpr double ln2_2 = 0x1.abc9e3b39803fp-56;
inline constexpr double log2_e_1 = 0x1.71547652b82fep+0;
inline constexpr double log2_e_2 = 0x1.777d0ffda0d24p-56;
inline constexpr double log10_e_1 = 0x1.bcb7b1526e50ep-2;
inline constexpr double log10_e_2 = 0x1.95355baaafad3p-57;
inline constexpr double log10_2_1 = 0x1.34413509f79ffp-2;
inline constexpr double log10_2_2 = -0x1.9dc1da994fd21p-59;
inline constexpr double half_pi_1 = 0x1.921fb54442d18p+0;
inline constexpr double half_pi_2 = 0x1.1a62633145c07p-54;
inline constexpr double half_pi_3 = -0x1.f1976b7ed8fbcp-110;
inline constexpr double pi_1 = 0x1.921fb54442d18p+1;
inline constexpr double pi_2 = 0x1.1a62633145c07p-53;
inline constexpr double quarter_pi_1 = 0x1.921fb54442d18p-1;
inline constexpr double quarter_pi_2 = 0x1.1a62633145c07p-55;
inline constexpr double three_quarter_pi_1 = 0x1.2d97c7f3321d2p+1;
inline constexpr double three_quarter_pi_2 = 0x1.a79394c9e8a0ap-54;
inline constexpr double two_over_pi_1 = 0x1.45f306dc9c883p-1;
inline constexpr double two_thirds_1 = 0x1.5555555555555p-1;
inline constexpr double two_thirds_2 = 0x1.5555555555555p-55;

/// The bits of 2/pi behind the binary point, 64 zeros first.
inline constexpr std::array<std::uint64_t, 21> two_over_pi_words = {
    0x0000000000000000, 0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041,
    0xfe5163abdebbc561, 0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e,
    0xe88235f52ebb4484, 0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b,
    0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d,
    0x7527bac7ebe5f17b, 0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab,
    0xf0cfbc209af4361d,
};

}  // namespace tcc::ir::math
