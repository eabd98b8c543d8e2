/*
 * des_sbox.h: the S-boxes of DES as circuits. Written by gen/des_sbox_gen.c: do not edit, run it again.
 *
 * Give DES_VEC and DES_AND, DES_OR, DES_XOR, DES_ANDN(a, b) = a & ~b, DES_NOT first. Inputs x1..x6 and outputs y1..y4 as in FIPS 46-3,
 * bit 1 the most significant.
 */
#ifndef CLR_TAC_DES_SBOX_H
#define CLR_TAC_DES_SBOX_H

/* 57 gates */
#define DES_SBOX_1(x1, x2, x3, x4, x5, x6, y1, y2, y3, y4) \
    do { \
        const DES_VEC t6 = DES_XOR(x4, x1); \
        const DES_VEC t7 = DES_ANDN(t6, x6); \
        const DES_VEC t8 = DES_XOR(t7, x3); \
        const DES_VEC t9 = DES_ANDN(x3, x6); \
        const DES_VEC t10 = DES_ANDN(x1, t9); \
        const DES_VEC t11 = DES_ANDN(x6, t8); \
        const DES_VEC t12 = DES_OR(t11, t6); \
        const DES_VEC t13 = DES_AND(t12, x4); \
        const DES_VEC t14 = DES_XOR(t10, t13); \
        const DES_VEC t15 = DES_ANDN(t14, x5); \
        const DES_VEC t16 = DES_XOR(t8, t15); \
        const DES_VEC t17 = DES_XOR(t16, t14); \
        const DES_VEC t18 = DES_ANDN(t12, t17); \
        const DES_VEC t19 = DES_ANDN(t16, t18); \
        const DES_VEC t20 = DES_NOT(t19); \
        const DES_VEC t21 = DES_ANDN(t20, x3); \
        const DES_VEC t22 = DES_XOR(t7, t21); \
        const DES_VEC t23 = DES_ANDN(t22, x5); \
        const DES_VEC t24 = DES_XOR(t18, t23); \
        const DES_VEC t25 = DES_OR(t24, x2); \
        const DES_VEC t26 = DES_XOR(t16, t25); \
        const DES_VEC t27 = DES_OR(t23, t6); \
        const DES_VEC t28 = DES_OR(t26, x5); \
        const DES_VEC t29 = DES_XOR(t27, t28); \
        const DES_VEC t30 = DES_XOR(t27, t14); \
        const DES_VEC t31 = DES_OR(t30, x6); \
        const DES_VEC t32 = DES_XOR(t29, t31); \
        const DES_VEC t33 = DES_OR(x6, t29); \
        const DES_VEC t34 = DES_ANDN(t33, t21); \
        const DES_VEC t35 = DES_AND(x5, t26); \
        const DES_VEC t36 = DES_ANDN(t35, x1); \
        const DES_VEC t37 = DES_XOR(t34, t36); \
        const DES_VEC t38 = DES_OR(t37, x2); \
        const DES_VEC t39 = DES_XOR(t32, t38); \
        const DES_VEC t40 = DES_XOR(t26, t9); \
        const DES_VEC t41 = DES_ANDN(x2, t12); \
        const DES_VEC t42 = DES_XOR(t40, t41); \
        const DES_VEC t43 = DES_XOR(t42, t13); \
        const DES_VEC t44 = DES_OR(t13, t7); \
        const DES_VEC t45 = DES_XOR(t44, x2); \
        const DES_VEC t46 = DES_AND(t17, t36); \
        const DES_VEC t47 = DES_OR(t46, x1); \
        const DES_VEC t48 = DES_XOR(t45, t47); \
        const DES_VEC t49 = DES_AND(t48, x5); \
        const DES_VEC t50 = DES_XOR(t43, t49); \
        const DES_VEC t51 = DES_ANDN(t38, t44); \
        const DES_VEC t52 = DES_OR(t50, t35); \
        const DES_VEC t53 = DES_XOR(t51, t52); \
        const DES_VEC t54 = DES_ANDN(t50, x3); \
        const DES_VEC t55 = DES_XOR(t54, t39); \
        const DES_VEC t56 = DES_ANDN(t55, x1); \
        const DES_VEC t57 = DES_XOR(t53, t56); \
        const DES_VEC t58 = DES_XOR(t44, t16); \
        const DES_VEC t59 = DES_XOR(t39, t56); \
        const DES_VEC t60 = DES_XOR(t58, t59); \
        const DES_VEC t61 = DES_OR(t60, x5); \
        const DES_VEC t62 = DES_XOR(t57, t61); \
        y1 = t50; \
        y2 = t39; \
        y3 = t26; \
        y4 = t62; \
    } while (0)

/* 51 gates */
#define DES_SBOX_2(x1, x2, x3, x4, x5, x6, y1, y2, y3, y4) \
    do { \
        const DES_VEC t6 = DES_XOR(x5, x1); \
        const DES_VEC t7 = DES_ANDN(x2, x6); \
        const DES_VEC t8 = DES_XOR(t6, t7); \
        const DES_VEC t9 = DES_ANDN(x1, t6); \
        const DES_VEC t10 = DES_ANDN(t7, t9); \
        const DES_VEC t11 = DES_OR(t10, x4); \
        const DES_VEC t12 = DES_XOR(t8, t11); \
        const DES_VEC t13 = DES_NOT(t10); \
        const DES_VEC t14 = DES_ANDN(x6, x2); \
        const DES_VEC t15 = DES_XOR(t13, t14); \
        const DES_VEC t16 = DES_AND(x5, x6); \
        const DES_VEC t17 = DES_AND(t16, x4); \
        const DES_VEC t18 = DES_XOR(t15, t17); \
        const DES_VEC t19 = DES_OR(t18, x3); \
        const DES_VEC t20 = DES_XOR(t12, t19); \
        const DES_VEC t21 = DES_XOR(t15, x4); \
        const DES_VEC t22 = DES_OR(x3, t16); \
        const DES_VEC t23 = DES_XOR(t21, t22); \
        const DES_VEC t24 = DES_XOR(t12, t17); \
        const DES_VEC t25 = DES_ANDN(t24, x2); \
        const DES_VEC t26 = DES_XOR(t23, t25); \
        const DES_VEC t27 = DES_ANDN(t8, t25); \
        const DES_VEC t28 = DES_XOR(t27, t22); \
        const DES_VEC t29 = DES_AND(t13, x3); \
        const DES_VEC t30 = DES_XOR(t28, t29); \
        const DES_VEC t31 = DES_ANDN(t30, x1); \
        const DES_VEC t32 = DES_XOR(t26, t31); \
        const DES_VEC t33 = DES_ANDN(t12, t15); \
        const DES_VEC t34 = DES_OR(t33, t25); \
        const DES_VEC t35 = DES_AND(t15, t6); \
        const DES_VEC t36 = DES_XOR(t32, x6); \
        const DES_VEC t37 = DES_OR(t35, t36); \
        const DES_VEC t38 = DES_ANDN(t37, x5); \
        const DES_VEC t39 = DES_XOR(t34, t38); \
        const DES_VEC t40 = DES_OR(t14, x2); \
        const DES_VEC t41 = DES_AND(t40, x3); \
        const DES_VEC t42 = DES_XOR(t39, t41); \
        const DES_VEC t43 = DES_OR(t8, t41); \
        const DES_VEC t44 = DES_XOR(t43, t28); \
        const DES_VEC t45 = DES_OR(t36, t42); \
        const DES_VEC t46 = DES_XOR(t45, t35); \
        const DES_VEC t47 = DES_AND(t46, x2); \
        const DES_VEC t48 = DES_XOR(t44, t47); \
        const DES_VEC t49 = DES_OR(t41, t25); \
        const DES_VEC t50 = DES_ANDN(t49, t17); \
        const DES_VEC t51 = DES_AND(t50, t24); \
        const DES_VEC t52 = DES_XOR(t51, t37); \
        const DES_VEC t53 = DES_OR(t52, x4); \
        const DES_VEC t54 = DES_XOR(t50, t53); \
        const DES_VEC t55 = DES_OR(t54, x1); \
        const DES_VEC t56 = DES_XOR(t48, t55); \
        y1 = t32; \
        y2 = t20; \
        y3 = t56; \
        y4 = t42; \
    } while (0)

/* 52 gates */
#define DES_SBOX_3(x1, x2, x3, x4, x5, x6, y1, y2, y3, y4) \
    do { \
        const DES_VEC t6 = DES_XOR(x6, x2); \
        const DES_VEC t7 = DES_XOR(t6, x3); \
        const DES_VEC t8 = DES_AND(t7, x2); \
        const DES_VEC t9 = DES_ANDN(x6, t8); \
        const DES_VEC t10 = DES_OR(t9, x4); \
        const DES_VEC t11 = DES_XOR(t7, t10); \
        const DES_VEC t12 = DES_ANDN(t10, x1); \
        const DES_VEC t13 = DES_XOR(t11, t12); \
        const DES_VEC t14 = DES_ANDN(x1, t8); \
        const DES_VEC t15 = DES_OR(x4, x1); \
        const DES_VEC t16 = DES_XOR(t14, t15); \
        const DES_VEC t17 = DES_OR(x1, x3); \
        const DES_VEC t18 = DES_XOR(t16, t17); \
        const DES_VEC t19 = DES_ANDN(t18, x5); \
        const DES_VEC t20 = DES_XOR(t13, t19); \
        const DES_VEC t21 = DES_XOR(x5, t7); \
        const DES_VEC t22 = DES_XOR(t21, x1); \
        const DES_VEC t23 = DES_ANDN(t8, t17); \
        const DES_VEC t24 = DES_OR(t23, x5); \
        const DES_VEC t25 = DES_ANDN(t24, x3); \
        const DES_VEC t26 = DES_XOR(t22, t25); \
        const DES_VEC t27 = DES_XOR(x2, t25); \
        const DES_VEC t28 = DES_AND(t27, t17); \
        const DES_VEC t29 = DES_XOR(t23, x5); \
        const DES_VEC t30 = DES_XOR(t29, t28); \
        const DES_VEC t31 = DES_OR(t30, x6); \
        const DES_VEC t32 = DES_XOR(t28, t31); \
        const DES_VEC t33 = DES_AND(t32, x4); \
        const DES_VEC t34 = DES_XOR(t26, t33); \
        const DES_VEC t35 = DES_XOR(t31, t7); \
        const DES_VEC t36 = DES_ANDN(t18, t35); \
        const DES_VEC t37 = DES_ANDN(t36, x2); \
        const DES_VEC t38 = DES_XOR(t22, t37); \
        const DES_VEC t39 = DES_NOT(t12); \
        const DES_VEC t40 = DES_ANDN(t30, t20); \
        const DES_VEC t41 = DES_AND(t40, x3); \
        const DES_VEC t42 = DES_XOR(t39, t41); \
        const DES_VEC t43 = DES_ANDN(t42, x4); \
        const DES_VEC t44 = DES_XOR(t38, t43); \
        const DES_VEC t45 = DES_ANDN(t44, t20); \
        const DES_VEC t46 = DES_XOR(t45, t35); \
        const DES_VEC t47 = DES_OR(t34, x1); \
        const DES_VEC t48 = DES_AND(t47, x2); \
        const DES_VEC t49 = DES_XOR(t46, t48); \
        const DES_VEC t50 = DES_XOR(t49, t35); \
        const DES_VEC t51 = DES_ANDN(t50, t36); \
        const DES_VEC t52 = DES_AND(t50, t15); \
        const DES_VEC t53 = DES_XOR(t52, t24); \
        const DES_VEC t54 = DES_ANDN(t53, x4); \
        const DES_VEC t55 = DES_XOR(t51, t54); \
        const DES_VEC t56 = DES_AND(t55, x5); \
        const DES_VEC t57 = DES_XOR(t49, t56); \
        y1 = t44; \
        y2 = t34; \
        y3 = t57; \
        y4 = t20; \
    } while (0)

/* 41 gates */
#define DES_SBOX_4(x1, x2, x3, x4, x5, x6, y1, y2, y3, y4) \
    do { \
        const DES_VEC t6 = DES_NOT(x4); \
        const DES_VEC t7 = DES_OR(x3, t6); \
        const DES_VEC t8 = DES_AND(t7, x2); \
        const DES_VEC t9 = DES_XOR(t6, t8); \
        const DES_VEC t10 = DES_XOR(x4, x3); \
        const DES_VEC t11 = DES_AND(t10, x5); \
        const DES_VEC t12 = DES_XOR(t9, t11); \
        const DES_VEC t13 = DES_AND(t11, t8); \
        const DES_VEC t14 = DES_OR(x3, t8); \
        const DES_VEC t15 = DES_ANDN(t14, x5); \
        const DES_VEC t16 = DES_XOR(t13, t15); \
        const DES_VEC t17 = DES_OR(t16, x1); \
        const DES_VEC t18 = DES_XOR(t12, t17); \
        const DES_VEC t19 = DES_ANDN(t18, t16); \
        const DES_VEC t20 = DES_XOR(t19, t10); \
        const DES_VEC t21 = DES_ANDN(t14, t12); \
        const DES_VEC t22 = DES_OR(t21, x2); \
        const DES_VEC t23 = DES_XOR(t20, t22); \
        const DES_VEC t24 = DES_ANDN(x5, t10); \
        const DES_VEC t25 = DES_ANDN(t9, t24); \
        const DES_VEC t26 = DES_OR(t25, x1); \
        const DES_VEC t27 = DES_XOR(t23, t26); \
        const DES_VEC t28 = DES_AND(t27, x6); \
        const DES_VEC t29 = DES_XOR(t18, t28); \
        const DES_VEC t30 = DES_XOR(x6, t29); \
        const DES_VEC t31 = DES_XOR(t30, t27); \
        const DES_VEC t32 = DES_XOR(t27, t6); \
        const DES_VEC t33 = DES_OR(t32, t25); \
        const DES_VEC t34 = DES_XOR(x2, t6); \
        const DES_VEC t35 = DES_ANDN(t34, x1); \
        const DES_VEC t36 = DES_XOR(t33, t35); \
        const DES_VEC t37 = DES_OR(t17, t36); \
        const DES_VEC t38 = DES_XOR(t37, t20); \
        const DES_VEC t39 = DES_XOR(t37, t12); \
        const DES_VEC t40 = DES_ANDN(t39, t24); \
        const DES_VEC t41 = DES_AND(t40, x2); \
        const DES_VEC t42 = DES_XOR(t38, t41); \
        const DES_VEC t43 = DES_AND(t42, x6); \
        const DES_VEC t44 = DES_XOR(t36, t43); \
        const DES_VEC t45 = DES_XOR(t42, t44); \
        const DES_VEC t46 = DES_XOR(t45, x6); \
        y1 = t44; \
        y2 = t46; \
        y3 = t31; \
        y4 = t29; \
    } while (0)

/* 57 gates */
#define DES_SBOX_5(x1, x2, x3, x4, x5, x6, y1, y2, y3, y4) \
    do { \
        const DES_VEC t6 = DES_ANDN(x6, x4); \
        const DES_VEC t7 = DES_XOR(x2, x3); \
        const DES_VEC t8 = DES_XOR(t6, t7); \
        const DES_VEC t9 = DES_XOR(t8, x4); \
        const DES_VEC t10 = DES_ANDN(x2, t9); \
        const DES_VEC t11 = DES_OR(t10, x5); \
        const DES_VEC t12 = DES_XOR(t8, t11); \
        const DES_VEC t13 = DES_ANDN(t12, t11); \
        const DES_VEC t14 = DES_ANDN(t13, x2); \
        const DES_VEC t15 = DES_XOR(x3, t14); \
        const DES_VEC t16 = DES_ANDN(t9, t12); \
        const DES_VEC t17 = DES_NOT(t16); \
        const DES_VEC t18 = DES_AND(t17, x3); \
        const DES_VEC t19 = DES_XOR(t17, t18); \
        const DES_VEC t20 = DES_OR(t19, x6); \
        const DES_VEC t21 = DES_XOR(t15, t20); \
        const DES_VEC t22 = DES_ANDN(t21, x1); \
        const DES_VEC t23 = DES_XOR(t12, t22); \
        const DES_VEC t24 = DES_ANDN(t15, x2); \
        const DES_VEC t25 = DES_XOR(x5, t16); \
        const DES_VEC t26 = DES_XOR(t24, t25); \
        const DES_VEC t27 = DES_OR(x5, t18); \
        const DES_VEC t28 = DES_ANDN(x4, t14); \
        const DES_VEC t29 = DES_XOR(t27, t28); \
        const DES_VEC t30 = DES_OR(t29, x6); \
        const DES_VEC t31 = DES_XOR(t26, t30); \
        const DES_VEC t32 = DES_XOR(t8, t27); \
        const DES_VEC t33 = DES_OR(t32, x6); \
        const DES_VEC t34 = DES_XOR(t31, t11); \
        const DES_VEC t35 = DES_XOR(t34, x4); \
        const DES_VEC t36 = DES_ANDN(t35, x2); \
        const DES_VEC t37 = DES_XOR(t33, t36); \
        const DES_VEC t38 = DES_AND(t37, x1); \
        const DES_VEC t39 = DES_XOR(t31, t38); \
        const DES_VEC t40 = DES_ANDN(t6, x2); \
        const DES_VEC t41 = DES_XOR(t19, t12); \
        const DES_VEC t42 = DES_XOR(t40, t41); \
        const DES_VEC t43 = DES_XOR(t21, t39); \
        const DES_VEC t44 = DES_OR(t43, x4); \
        const DES_VEC t45 = DES_ANDN(t44, x6); \
        const DES_VEC t46 = DES_XOR(t42, t45); \
        const DES_VEC t47 = DES_ANDN(t23, x4); \
        const DES_VEC t48 = DES_ANDN(t19, t29); \
        const DES_VEC t49 = DES_XOR(t47, t48); \
        const DES_VEC t50 = DES_OR(t49, x1); \
        const DES_VEC t51 = DES_XOR(t46, t50); \
        const DES_VEC t52 = DES_XOR(t41, t29); \
        const DES_VEC t53 = DES_XOR(t52, t15); \
        const DES_VEC t54 = DES_ANDN(t46, t39); \
        const DES_VEC t55 = DES_ANDN(t44, t54); \
        const DES_VEC t56 = DES_ANDN(t55, x1); \
        const DES_VEC t57 = DES_XOR(t53, t56); \
        const DES_VEC t58 = DES_OR(t49, t37); \
        const DES_VEC t59 = DES_ANDN(t15, t50); \
        const DES_VEC t60 = DES_XOR(t58, t59); \
        const DES_VEC t61 = DES_ANDN(t60, x6); \
        const DES_VEC t62 = DES_XOR(t57, t61); \
        y1 = t62; \
        y2 = t51; \
        y3 = t23; \
        y4 = t39; \
    } while (0)

/* 52 gates */
#define DES_SBOX_6(x1, x2, x3, x4, x5, x6, y1, y2, y3, y4) \
    do { \
        const DES_VEC t6 = DES_AND(x1, x6); \
        const DES_VEC t7 = DES_XOR(t6, x2); \
        const DES_VEC t8 = DES_OR(x1, x5); \
        const DES_VEC t9 = DES_XOR(t7, t8); \
        const DES_VEC t10 = DES_ANDN(t7, t6); \
        const DES_VEC t11 = DES_AND(x5, x1); \
        const DES_VEC t12 = DES_XOR(t10, t11); \
        const DES_VEC t13 = DES_OR(t12, x3); \
        const DES_VEC t14 = DES_XOR(t9, t13); \
        const DES_VEC t15 = DES_ANDN(x3, t9); \
        const DES_VEC t16 = DES_XOR(t15, t12); \
        const DES_VEC t17 = DES_ANDN(t9, x2); \
        const DES_VEC t18 = DES_OR(t17, t15); \
        const DES_VEC t19 = DES_AND(t18, x6); \
        const DES_VEC t20 = DES_XOR(t16, t19); \
        const DES_VEC t21 = DES_AND(t20, x4); \
        const DES_VEC t22 = DES_XOR(t14, t21); \
        const DES_VEC t23 = DES_AND(t22, t17); \
        const DES_VEC t24 = DES_XOR(x3, t14); \
        const DES_VEC t25 = DES_XOR(t23, t24); \
        const DES_VEC t26 = DES_ANDN(x6, x1); \
        const DES_VEC t27 = DES_XOR(t25, t26); \
        const DES_VEC t28 = DES_ANDN(t12, t26); \
        const DES_VEC t29 = DES_XOR(x1, t14); \
        const DES_VEC t30 = DES_AND(t28, t29); \
        const DES_VEC t31 = DES_OR(t30, x4); \
        const DES_VEC t32 = DES_XOR(t27, t31); \
        const DES_VEC t33 = DES_OR(t29, t24); \
        const DES_VEC t34 = DES_XOR(t33, x6); \
        const DES_VEC t35 = DES_ANDN(x2, t29); \
        const DES_VEC t36 = DES_NOT(t35); \
        const DES_VEC t37 = DES_ANDN(t36, x4); \
        const DES_VEC t38 = DES_XOR(t34, t37); \
        const DES_VEC t39 = DES_XOR(t18, t24); \
        const DES_VEC t40 = DES_ANDN(t33, t14); \
        const DES_VEC t41 = DES_AND(t27, x2); \
        const DES_VEC t42 = DES_XOR(t40, t41); \
        const DES_VEC t43 = DES_AND(t42, x4); \
        const DES_VEC t44 = DES_XOR(t39, t43); \
        const DES_VEC t45 = DES_AND(t44, x5); \
        const DES_VEC t46 = DES_XOR(t38, t45); \
        const DES_VEC t47 = DES_XOR(t20, t36); \
        const DES_VEC t48 = DES_XOR(t47, t24); \
        const DES_VEC t49 = DES_AND(t48, x6); \
        const DES_VEC t50 = DES_XOR(t16, t49); \
        const DES_VEC t51 = DES_ANDN(t26, t24); \
        const DES_VEC t52 = DES_AND(t40, t27); \
        const DES_VEC t53 = DES_XOR(t52, t47); \
        const DES_VEC t54 = DES_ANDN(t53, x5); \
        const DES_VEC t55 = DES_XOR(t51, t54); \
        const DES_VEC t56 = DES_OR(t55, x4); \
        const DES_VEC t57 = DES_XOR(t50, t56); \
        y1 = t57; \
        y2 = t46; \
        y3 = t32; \
        y4 = t22; \
    } while (0)

/* 53 gates */
#define DES_SBOX_7(x1, x2, x3, x4, x5, x6, y1, y2, y3, y4) \
    do { \
        const DES_VEC t6 = DES_XOR(x4, x5); \
        const DES_VEC t7 = DES_ANDN(t6, x5); \
        const DES_VEC t8 = DES_AND(t7, x2); \
        const DES_VEC t9 = DES_XOR(t6, t8); \
        const DES_VEC t10 = DES_XOR(t7, x2); \
        const DES_VEC t11 = DES_OR(t10, x3); \
        const DES_VEC t12 = DES_XOR(t9, t11); \
        const DES_VEC t13 = DES_OR(t8, x6); \
        const DES_VEC t14 = DES_XOR(t12, t13); \
        const DES_VEC t15 = DES_AND(x6, t10); \
        const DES_VEC t16 = DES_XOR(x3, t6); \
        const DES_VEC t17 = DES_AND(t15, t16); \
        const DES_VEC t18 = DES_OR(x1, x5); \
        const DES_VEC t19 = DES_XOR(t17, t18); \
        const DES_VEC t20 = DES_AND(t19, x1); \
        const DES_VEC t21 = DES_XOR(t14, t20); \
        const DES_VEC t22 = DES_ANDN(x4, x2); \
        const DES_VEC t23 = DES_XOR(t22, t16); \
        const DES_VEC t24 = DES_XOR(t22, t10); \
        const DES_VEC t25 = DES_AND(t24, x3); \
        const DES_VEC t26 = DES_OR(t25, x6); \
        const DES_VEC t27 = DES_XOR(t23, t26); \
        const DES_VEC t28 = DES_OR(t27, t10); \
        const DES_VEC t29 = DES_OR(t9, x6); \
        const DES_VEC t30 = DES_XOR(t28, t29); \
        const DES_VEC t31 = DES_XOR(x2, t28); \
        const DES_VEC t32 = DES_ANDN(t31, t15); \
        const DES_VEC t33 = DES_OR(t32, x3); \
        const DES_VEC t34 = DES_XOR(t30, t33); \
        const DES_VEC t35 = DES_AND(t34, x1); \
        const DES_VEC t36 = DES_XOR(t27, t35); \
        const DES_VEC t37 = DES_ANDN(x4, x3); \
        const DES_VEC t38 = DES_ANDN(x6, t37); \
        const DES_VEC t39 = DES_AND(t38, x2); \
        const DES_VEC t40 = DES_XOR(t27, t39); \
        const DES_VEC t41 = DES_XOR(t26, t11); \
        const DES_VEC t42 = DES_NOT(t41); \
        const DES_VEC t43 = DES_XOR(t14, t40); \
        const DES_VEC t44 = DES_ANDN(x3, t23); \
        const DES_VEC t45 = DES_XOR(t43, t44); \
        const DES_VEC t46 = DES_AND(t45, x4); \
        const DES_VEC t47 = DES_XOR(t42, t46); \
        const DES_VEC t48 = DES_ANDN(t47, x1); \
        const DES_VEC t49 = DES_XOR(t40, t48); \
        const DES_VEC t50 = DES_XOR(t25, t47); \
        const DES_VEC t51 = DES_XOR(t10, t36); \
        const DES_VEC t52 = DES_XOR(t51, t8); \
        const DES_VEC t53 = DES_ANDN(t52, x6); \
        const DES_VEC t54 = DES_XOR(t50, t53); \
        const DES_VEC t55 = DES_ANDN(t26, t33); \
        const DES_VEC t56 = DES_ANDN(t48, t55); \
        const DES_VEC t57 = DES_OR(t56, x1); \
        const DES_VEC t58 = DES_XOR(t54, t57); \
        y1 = t36; \
        y2 = t49; \
        y3 = t58; \
        y4 = t21; \
    } while (0)

/* 51 gates */
#define DES_SBOX_8(x1, x2, x3, x4, x5, x6, y1, y2, y3, y4) \
    do { \
        const DES_VEC t6 = DES_XOR(x1, x3); \
        const DES_VEC t7 = DES_AND(t6, x1); \
        const DES_VEC t8 = DES_OR(t7, x2); \
        const DES_VEC t9 = DES_ANDN(t8, x5); \
        const DES_VEC t10 = DES_XOR(t6, t9); \
        const DES_VEC t11 = DES_NOT(x5); \
        const DES_VEC t12 = DES_OR(x5, x1); \
        const DES_VEC t13 = DES_AND(t12, x2); \
        const DES_VEC t14 = DES_XOR(t11, t13); \
        const DES_VEC t15 = DES_ANDN(t14, x4); \
        const DES_VEC t16 = DES_XOR(t10, t15); \
        const DES_VEC t17 = DES_AND(x3, t8); \
        const DES_VEC t18 = DES_XOR(t6, t14); \
        const DES_VEC t19 = DES_OR(t17, t18); \
        const DES_VEC t20 = DES_ANDN(x1, t15); \
        const DES_VEC t21 = DES_XOR(t17, t16); \
        const DES_VEC t22 = DES_OR(t20, t21); \
        const DES_VEC t23 = DES_ANDN(t22, x4); \
        const DES_VEC t24 = DES_XOR(t19, t23); \
        const DES_VEC t25 = DES_OR(t24, x6); \
        const DES_VEC t26 = DES_XOR(t16, t25); \
        const DES_VEC t27 = DES_ANDN(t22, x2); \
        const DES_VEC t28 = DES_AND(t12, x4); \
        const DES_VEC t29 = DES_XOR(t27, t28); \
        const DES_VEC t30 = DES_AND(t11, x3); \
        const DES_VEC t31 = DES_XOR(t29, t30); \
        const DES_VEC t32 = DES_AND(t13, t22); \
        const DES_VEC t33 = DES_ANDN(t8, t24); \
        const DES_VEC t34 = DES_XOR(t32, t33); \
        const DES_VEC t35 = DES_OR(t34, x6); \
        const DES_VEC t36 = DES_XOR(t31, t35); \
        const DES_VEC t37 = DES_XOR(t31, x5); \
        const DES_VEC t38 = DES_XOR(t37, x1); \
        const DES_VEC t39 = DES_XOR(t32, t19); \
        const DES_VEC t40 = DES_OR(x4, t6); \
        const DES_VEC t41 = DES_XOR(t39, t40); \
        const DES_VEC t42 = DES_AND(t41, x6); \
        const DES_VEC t43 = DES_XOR(t38, t42); \
        const DES_VEC t44 = DES_XOR(t21, t42); \
        const DES_VEC t45 = DES_ANDN(t20, x6); \
        const DES_VEC t46 = DES_XOR(t44, t45); \
        const DES_VEC t47 = DES_OR(t46, x2); \
        const DES_VEC t48 = DES_XOR(t43, t47); \
        const DES_VEC t49 = DES_AND(x4, t31); \
        const DES_VEC t50 = DES_XOR(t49, t38); \
        const DES_VEC t51 = DES_ANDN(x4, x2); \
        const DES_VEC t52 = DES_OR(t51, x3); \
        const DES_VEC t53 = DES_XOR(t50, t52); \
        const DES_VEC t54 = DES_XOR(t16, t53); \
        const DES_VEC t55 = DES_ANDN(t54, x6); \
        const DES_VEC t56 = DES_XOR(t53, t55); \
        y1 = t26; \
        y2 = t36; \
        y3 = t48; \
        y4 = t56; \
    } while (0)

#endif
