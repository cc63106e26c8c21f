// SPDX-License-Identifier: Apache-2.0
// A program that does nothing: what cases execute.

int main(void)
{
	return 0;
}
